/*
 * What search engines and previews make of gigs' pages, by readers that somebody else wrote: an
 * extractor of JSON-LD and meta tags, and Google's rules for a JobPosting.  And Chromium, whose
 * policy for these pages must have nothing against a block of data, and still forbid a script.
 * gigs: [{url, title, place, salary, closes}]; none: addresses of pages without a posting.
 */

import { arg, chromium, done, ok, use } from './tap.mjs';

const Extractor = await use('@marbec/web-auto-extractor');
const Validator = await use('@adobe/structured-data-validator');

const validate = data => new Validator().validate(data);
const errors = issues => issues.filter(issue => issue.severity === 'ERROR').map(issue => issue.issueMessage);

/* What it only recommends and this gig does not have, said once each. */
const lacks = gig => [
  ...(gig.place ? ['applicantLocationRequirements', 'jobLocationType'] : []),
  ...(gig.salary ? [] : ['baseSalary']),
  ...(gig.closes ? [] : ['validThrough'])
].map(name => `Missing field "${name}" (optional)`).sort().join('\n');

/* The extractor leaves what is escaped in an attribute as it stands there. */
const named = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
const decoded = value => value.replace(/&(lt|gt|quot|#39|amp);/g, (all, name) => named[name]);

/* The validator looks for one place, where several are allowed: each is looked at by itself. */
function one_by_one(posting) {
  return Array.isArray(posting.jobLocation)
    ? posting.jobLocation.map(jobLocation => ({ ...posting, jobLocation })) : [posting];
}

async function get(url) {
  const answer = await fetch(url, { headers: { Accept: 'text/html' } });
  return { status: answer.status, html: await answer.text() };
}

const postings = [];

for (const gig of arg.gigs) {
  const { status, html } = await get(gig.url);
  const data = new Extractor({ addLocation: true, embedSource: ['rdfa', 'microdata'] }).parse(html);
  const found = data.jsonld?.JobPosting ?? [];

  ok(status === 200 && found.length === 1 && Object.keys(data.jsonld).length === 1 && found[0].title === gig.title,
    `${gig.title}: one JobPosting is read`, JSON.stringify(data.errors ?? []));

  for (const posting of found.flatMap(one_by_one)) {
    const issues = await validate({ ...data, jsonld: { JobPosting: [posting] } });
    ok(errors(issues).length === 0, `${gig.title}: nothing is wrong with it`, errors(issues));
    const warnings = issues.filter(issue => issue.severity !== 'ERROR').map(issue => issue.issueMessage).sort().join('\n');
    ok(warnings === lacks(gig), `${gig.title}: and nothing is missing that the gig has`, [warnings, '-- is not --', lacks(gig)]);
  }

  const tag = name => [data.metatags?.[name] ?? []].flat().map(decoded);
  const wrong = ['og:title', 'og:type', 'og:url', 'og:description', 'og:site_name', 'og:locale', 'twitter:card']
    .filter(name => tag(name).length !== 1 || !tag(name)[0]);
  ok(wrong.length === 0 && tag('og:title')[0] === gig.title && tag('og:url')[0] === found[0]?.url,
    `${gig.title}: a preview has what it needs`, [wrong.join(' '), JSON.stringify(data.metatags)]);
  postings.push(...found);
}

/* The rules can object, to each thing they ask for. */

for (const name of ['title', 'description', 'datePosted', 'hiringOrganization', 'applicantLocationRequirements']) {
  const { [name]: gone, ...rest } = postings.find(posting => posting.jobLocationType === 'TELECOMMUTE');
  ok(gone !== undefined && errors(await validate({ jsonld: { JobPosting: [rest] } })).some(message => message.includes(`"${name}"`)),
    `without ${name} it would be wrong`);
}

{
  const posting = structuredClone(postings.find(one => one.jobLocation && !Array.isArray(one.jobLocation)));
  delete posting.jobLocation.address.addressCountry;
  ok(errors(await validate({ jsonld: { JobPosting: [posting] } })).length === 1, 'without a country it would be wrong');
}

for (const url of arg.none) {
  const { html } = await get(url);
  const data = new Extractor().parse(html);
  ok(Object.keys(data.jsonld ?? {}).length + Object.keys(data.microdata ?? {}).length === 0, `none: ${url}`);
}

/* In a browser: data is data. */

const browser = await chromium();
const context = await browser.newContext();
const page = await context.newPage();
const said = [];

page.on('console', message => /favicon\.ico$/.test(message.location().url) || said.push(message.text()));
page.on('pageerror', error => said.push(String(error)));
await context.addInitScript(() => {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', event => window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
});

for (const gig of arg.gigs) {
  await page.goto(gig.path);
  const seen = await page.evaluate(() => {
    const blocks = [...document.querySelectorAll('script:not([src])')];
    return { violations: window.violations, evil: window.evil, title: document.querySelector('h1').textContent,
      titles: blocks.map(block => block.type === 'application/ld+json' && JSON.parse(block.textContent).title) };
  });
  ok(seen.violations.length === 0 && seen.evil === undefined && seen.titles.length === 1 && seen.titles[0] === gig.title
    && seen.title === gig.title, `${gig.title}: Chromium reads the same, runs nothing and forbids nothing`, JSON.stringify(seen));
}

ok(said.length === 0, 'the console is silent', said);

const blocked = await page.evaluate(async () => {
  const added = type => {
    const script = document.createElement('script');
    if (type) { script.type = type; }
    script.textContent = 'window.evil = 1';
    document.head.append(script);
  };
  added('application/ld+json');
  const data = window.violations.length;
  added('');
  await new Promise(resolve => setTimeout(resolve, 100));
  return { data, violations: window.violations, evil: window.evil };
});
ok(blocked.data === 0 && blocked.violations.length === 1 && /script/.test(blocked.violations[0]) && blocked.evil === undefined,
  'a script in its place is forbidden, and the look sees that', JSON.stringify(blocked));

await browser.close();
done();
