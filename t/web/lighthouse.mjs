/*
 * Lighthouse over pages, as a phone on a slow line sees them (its own defaults).  Speed is measured
 * by a clock, so it is the median of three runs that has to reach `least`, or else that of `runs`,
 * which is five; the other categories at once.  pages: [{name, url, categories, first}]; first: a
 * first visit is one request for HTML and takes less than that many bytes.
 */

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { arg, done, ok, use } from './tap.mjs';

const { default: lighthouse } = await use('lighthouse').then(all => (all.default ? all : { default: all }));

// A Chromium of its own, reached by DevTools: the port it took stands in a file.
const folder = path.join(arg.dir, 'lighthouse');
fs.mkdirSync(folder, { recursive: true });
const chromium = spawn('/usr/bin/chromium', ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, '--disable-gpu',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run',
  ...(process.getuid() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : []), 'about:blank'],
{ stdio: 'ignore', env: { ...process.env, TMPDIR: arg.dir } });
process.on('exit', () => chromium.kill('SIGKILL'));

let port;
for (const end = Date.now() + 30000; !port && Date.now() < end; await new Promise(next => setTimeout(next, 50))) {
  const file = path.join(folder, 'DevToolsActivePort');
  port = fs.existsSync(file) && +fs.readFileSync(file, 'utf8').split('\n')[0];
}
ok(port > 0, 'Chromium listens');

// Whether the median of the first three reaches it, or of all; undefined: that takes more runs.
const verdict = scores => {
  const good = scores.filter(score => score >= arg.least).length;
  const half = arg.runs / 2;
  return good > half || (scores.length <= 3 && good >= 2) || (scores.length - good > half ? false : undefined);
};

for (const { name, url, categories, first } of arg.pages) {
  const runs = [];
  const fast = [];
  while (verdict(fast) === undefined) {
    const { lhr } = await lighthouse(url, { port, logLevel: 'silent', output: 'json', disableFullPageScreenshot: true,
      onlyCategories: runs.length ? ['performance'] : categories });
    if (lhr.runtimeError) {
      ok(false, `${name}: it ran`, JSON.stringify(lhr.runtimeError));
      break;
    }
    runs.push(lhr);
    fast.push(Math.round(lhr.categories.performance.score * 100));
  }
  for (const category of categories) {
    const score = Math.round(runs[0].categories[category].score * 100);
    const quick = category === 'performance';
    const said = runs[0].categories[category].auditRefs.map(({ id, weight }) => ({ weight, ...runs[0].audits[id] }))
      .filter(a => a.weight > 0 && a.score !== null && a.score < 0.9).map(a => `${a.id}: ${a.title} ${a.displayValue ?? ''}`);
    ok(quick ? verdict(fast) === true : score >= arg.least, `${name}: ${category} ${quick ? fast.join(', ') : score}`, said);
  }
  if (first) {
    const items = runs[0].audits['network-requests'].details.items.filter(i => i.url.startsWith('http') && !/favicon/.test(i.url));
    const of = type => items.filter(i => i.resourceType === type);
    const bytes = items.reduce((sum, i) => sum + i.transferSize, 0);
    const list = items.map(i => `${i.resourceType} ${i.transferSize} ${i.url}`);
    ok(of('Document').length === 1 && of('XHR').length + of('Fetch').length === 0, `${name}: one request for HTML`, list);
    ok(bytes < first, `${name}: ${bytes} bytes in ${items.length} requests`, list);
  }
}

chromium.kill('SIGTERM');
done();
