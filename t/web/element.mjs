/*
 * <gig-board> as a visitor meets it: in pages of the board's own origin and of another one, with a
 * policy that allows nothing inline, on a phone in light and on a desktop in dark: list, search,
 * gig, form with mistakes, a network that goes, receipt.  In every state axe-core finds nothing,
 * nothing sticks out, and nobody violates the policy.  own, other: where the site's pages are.
 */

import { arg, chromium, done, ok, text } from './tap.mjs';

const SHAPES = [
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' }
];

const browser = await chromium();
let name = '';          // of what is looked at now: all tests begin with it

const is = (got, wanted, what) => ok(JSON.stringify(got) === JSON.stringify(wanted), `${name}: ${what}`,
  [`got  ${JSON.stringify(got)}`, `want ${JSON.stringify(wanted)}`]);

/* What happens to a page from its first moment on: policy, shifts, the element's events. */
const watch = () => {
  window.seen = { policy: [], shift: 0, states: [], views: [], sent: [], urls: [], heard: [] };
  // Names of the events that the window tells somebody of, as often as there are such.
  const [add, remove] = [window.addEventListener, window.removeEventListener];
  window.addEventListener = (event, act, how) => {
    seen.heard.push(event);
    if (how && how.signal) {
      how.signal.addEventListener('abort', () => seen.heard.splice(seen.heard.indexOf(event), 1));
    }
    add.call(window, event, act, how);
  };
  window.removeEventListener = (event, act) => {
    seen.heard.splice(seen.heard.indexOf(event), 1);
    remove.call(window, event, act);
  };
  document.addEventListener('securitypolicyviolation', e => seen.policy.push(`${e.violatedDirective} ${e.blockedURI}`));
  new PerformanceObserver(list => list.getEntries().forEach(e => { seen.shift += e.value; }))
    .observe({ type: 'layout-shift', buffered: true });
  addEventListener('gig-state', e => seen.states.push(e.detail.state));
  addEventListener('gig-view', e => seen.views.push(`${e.detail.view} ${e.detail.gig}`.trim()) && seen.urls.push(e.detail.url));
  addEventListener('gig-sent', e => seen.sent.push(e.detail));
};

/* Where things are; layout-shift does not see what moves while it gets a shadow root around it. */
const places = page => page.evaluate(() => [...document.querySelectorAll('h1, .gig-card, .gig-card-title, .gig-all, #after')].map(e => {
  const box = e.getBoundingClientRect();
  return [box.left, box.top, box.width, box.height].map(Math.round).join(' ');
}));

/* late: the script comes when the page has been seen without it, as over a slow line. */
const open = async (shape, url, late) => {
  const context = await browser.newContext({ viewport: { width: shape.width, height: shape.height }, colorScheme: shape.colorScheme });
  await context.addInitScript(watch);
  await context.addInitScript({ content: text('axe-core') });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', e => page.faults.push(e.stack));
  if (late) {
    await page.route('**/embed.js', async route => {
      await page.locator('#after').waitFor();
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
      await page.waitForTimeout(200);
      page.before = await places(page);
      await route.continue();
    }, { times: 1 });
  }
  await page.goto(url);
  return page;
};

const host = (page, what, ...more) => page.evaluate(([body, a]) => new Function('host', 'root', 'a', `return (${body})(host, root, ...a)`)(
  document.querySelector('gig-board'), document.querySelector('gig-board').shadowRoot, a), [String(what), more]);

/* Waits for what the element shows; if it does not, what it shows instead is told. */
const wait = (page, css) => page.locator(`gig-board ${css}`).first().waitFor({ timeout: 10000 }).catch(async error => {
  console.log(`# ${name}: no "${css}" in: ` + (await host(page, (h, root) => root.textContent.replace(/\s+/g, ' ').slice(0, 1500))));
  throw error;
});

const state = page => page.evaluate(() => document.querySelector('gig-board').getAttribute('state'));
const waitState = (page, wanted) => page.waitForFunction(s => document.querySelector('gig-board').getAttribute('state') === s, wanted, { timeout: 10000 })
  .then(() => ok(true, `${name}: its state is ${wanted}`), async () => ok(false, `${name}: its state is ${wanted}`, `it is ${await state(page)}`));
const focus = page => host(page, (h, root) => (root.activeElement || document.activeElement).textContent.trim().slice(0, 60));
const asked = page => new URL(page.url()).searchParams.get('gig');

/* What holds in every state. */
const inspect = async (page, what) => {
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  ok(result.violations.length === 0, `${name}, ${what}: axe-core finds no violation`,
    result.violations.flatMap(v => [`${v.id} (${v.impact}): ${v.help}`, ...v.nodes.slice(0, 3).flatMap(n => ['  ' + n.html.slice(0, 200), '  ' + n.failureSummary])]));
  const wide = await host(page, (h, root) => {
    const edge = h.getBoundingClientRect().right + 0.5;
    return [document.documentElement.scrollWidth > innerWidth ? 'the page is wider than its window' : '',
      ...[...root.querySelectorAll('section *')].filter(e => !e.closest('.gig-trap, .gig-only-read, .gig-symbols') && e.getClientRects().length
        && e.getBoundingClientRect().right > edge).map(e => e.outerHTML.slice(0, 100))].filter(Boolean);
  });
  ok(wide.length === 0, `${name}, ${what}: nothing sticks out`, wide);
  if (arg.pictures) {
    await page.screenshot({ path: `${arg.pictures}/${(name + ' ' + what).replace(/\W+/g, '-')}.png`, fullPage: true });
  }
};

const fill = async (page, email) => {
  for (const [field, value] of Object.entries({ first_name: 'Avery', last_name: 'Example', email, statement: 'I would begin with the logs.' })) {
    await page.locator(`gig-board [name=${field}]`).fill(value);
  }
  await page.locator('gig-board [name=available][value=true]').check();
  await page.locator('gig-board [name=consent_processing]').check();
};

const send = page => page.locator('gig-board .gig-form [type=submit]').click();

for (const where of arg.stale ? [] : ['own', 'other']) {
  for (const shape of SHAPES.filter((s, i) => arg.long || (where === 'own') === !i)) {
    name = `${where} origin, ${shape.width} px, ${shape.colorScheme}`;

    // --- list and search

    const page = await open(shape, `${arg[where]}/careers/element.html`, true);
    await wait(page, '.gig-card');
    is(await page.evaluate(() => seen.states), ['loading', 'ready'], 'it is loading, then ready');
    is(await page.evaluate(() => seen.shift), 0, 'nothing moves where there is room for it');
    is(await host(page, (h, root) => root.querySelectorAll('.gig-card').length), 20, 'a page of gigs');
    is(await page.evaluate(() => document.title), 'Work with us', 'the title is the page\'s');
    is(await host(page, (h, root) => getComputedStyle(root.querySelector('h1')).fontFamily), 'Georgia, serif', 'so is the font');
    const ground = await host(page, (h, root) => getComputedStyle(root.querySelector('.gig-page')).backgroundColor);
    is(ground, shape.colorScheme === 'dark' ? 'rgb(20, 23, 22)' : 'rgb(252, 251, 248)', 'it is as light or dark as the page');
    await inspect(page, 'the list');

    await page.locator('gig-board #gig-q').pressSequentially('pricing', { delay: 20 });
    await page.waitForFunction(() => document.querySelector('gig-board').shadowRoot.querySelectorAll('.gig-card').length === 1, null, { timeout: 10000 });
    // a part of the word finds it, too
    await page.waitForFunction(() => new URL(location.href).searchParams.get('gig') === '?q=pricing', null, { timeout: 10000 }).catch(() => {});
    is(asked(page), '?q=pricing', 'what is searched stands in the page\'s address');
    is(await host(page, (h, root) => [root.activeElement.id, root.activeElement.value, root.getElementById('gig-said').textContent]),
      ['gig-q', 'pricing', '1 gig matches'], 'focus and text stay, and the count is told');
    await page.locator('gig-board #gig-q').fill('nobody offers this');
    await waitState(page, 'empty');
    await inspect(page, 'no gig');
    await page.goBack();
    await wait(page, '.gig-card >> nth=10');
    is(asked(page), null, 'going back is the list again');

    // --- a gig, and back

    await page.locator('gig-board .gig-card-title a', { hasText: 'Competitor pricing scan' }).click();
    await wait(page, '.gig-gig');
    is(asked(page), 'a-one', 'the gig stands in the page\'s address');
    is(await focus(page), 'Competitor pricing scan', 'its name has the focus');
    ok(await host(page, h => h.getBoundingClientRect().top > -1 && h.getBoundingClientRect().top < innerHeight), `${name}: and is in view`);
    await inspect(page, 'a gig');
    await page.goBack();
    await wait(page, '.gig-board');
    is(await focus(page), 'Competitor pricing scan', 'back in the list the focus is where it was');
    await page.locator('gig-board .gig-card-title a', { hasText: 'Competitor pricing scan' }).click();
    await wait(page, '.gig-gig');
    await page.locator('gig-board .gig-action a').click();

    // --- the form, with mistakes, without a network

    await wait(page, '.gig-form');
    is(asked(page), 'a-one/apply', 'so does the form');
    await inspect(page, 'the form');
    await fill(page, 'nobody');
    await send(page);
    await wait(page, '[role=alert]');
    is(await host(page, (h, root) => root.activeElement.getAttribute('role')), 'alert', 'the list of mistakes has the focus');
    is(await host(page, (h, root) => root.querySelector('[name=first_name]').value), 'Avery', 'what was typed is there');
    await page.locator('gig-board .gig-summary-box a').first().click();
    is(await host(page, (h, root) => [root.activeElement.name, root.getElementById(root.activeElement.getAttribute('aria-describedby').split(' ').pop()) !== null]),
      ['email', true], 'a mistake leads to its field, which names it');
    await inspect(page, 'mistakes');

    const email = `${where}-${shape.width}@example.edu`;
    await fill(page, email);
    const key = await host(page, (h, root) => root.querySelector('[name=_key]').value);
    await page.context().setOffline(true);
    await waitState(page, 'offline');
    await send(page);
    await wait(page, '.gig-note');
    is(await host(page, (h, root) => root.querySelector('.gig-note strong').textContent), 'You are not connected.', 'without a network it says so');
    is(await host(page, (h, root) => root.querySelector('[name=email]').value), email, 'what was typed survives');
    is(await page.evaluate(() => [localStorage.length, document.cookie, Object.keys(sessionStorage).length]), [0, '', 1], 'in this tab alone');
    await inspect(page, 'offline');
    await page.context().setOffline(false);
    await page.locator('gig-board .gig-note strong', { hasText: 'You are connected again.' }).waitFor();
    await waitState(page, 'ready');

    // The application arrives, its answer does not.
    const keys = [];
    page.on('request', r => r.method() === 'POST' && keys.push(new URLSearchParams(r.postData()).get('_key')));
    await page.route('**/applications', async route => {
      await route.fetch({ maxRedirects: 0 });
      await route.abort();
    }, { times: 1 });
    await send(page);
    await page.locator('gig-board .gig-note strong', { hasText: 'No answer came back.' }).waitFor();
    await page.unrouteAll();
    await send(page);
    await wait(page, '.gig-done');
    is([keys.length > 1, new Set(keys).size, keys[0]], [true, 1, key], 'a sending that broke off is sent again with the same key');
    is(await focus(page), 'We have your application', 'the receipt has the focus');
    const sent = (await page.evaluate(() => seen.sent))[0];
    ok(sent && sent.gig === 'a-one' && /\/receipts\/[\w-]{43}$/.test(sent.receipt), `${name}: the page is told of it`, JSON.stringify(sent));
    is([asked(page), page.url().includes('receipts')], ['a-one', false], 'the receipt\'s address is not in the page\'s');
    is(await page.evaluate(() => [seen.urls.filter(url => url.includes('receipts')), seen.urls.at(-1), seen.urls.some(url => /\/a-one\/apply/.test(url))]), [[], '', true],
      'nor in what a page tells whoever counts its visits');
    is(await host(page, (h, root) => root.querySelector('.gig-link a').textContent), sent.receipt, 'but in the receipt, whole');
    is(await page.evaluate(() => Object.keys(sessionStorage).length), 0, 'nothing of what was typed is kept');
    await inspect(page, 'the receipt');
    is(await page.evaluate(() => seen.policy), [], 'the policy was kept');
    is(page.faults, [], 'no script failed');
    await page.context().close();

    // --- the other states

    const other = await open(shape, `${arg[where]}/careers/element.html?gig=ended`);
    await waitState(other, 'closed');
    await wait(other, '.gig-gone');
    await inspect(other, 'closed');
    await other.goto(`${arg[where]}/careers/element.html?gig=packed`);
    await waitState(other, 'full');
    await inspect(other, 'full');
    await other.goto(`${arg[where]}/careers/element.html?gig=no-such-gig`);
    await waitState(other, 'error');
    await inspect(other, 'no such gig');
    await other.goto(`${arg[where]}/careers/element.html?gig=soon`);
    await other.waitForFunction(() => /^Opens in \d/.test((document.querySelector('gig-board').shadowRoot.querySelector('.gig-counter-time') || {}).textContent));
    await inspect(other, 'before it opens');
    await other.goto(`${arg[where]}/careers/element.html?gh_jid=a-one`);
    await wait(other, '.gig-gig');
    is(await other.evaluate(() => seen.views), ['gig a-one'], 'gh_jid opens a gig');
    await other.goto(`${arg[where]}/careers/element.html?gig=${encodeURIComponent('https://evil.example/')}`);
    await wait(other, '.gig-board');
    is(await other.evaluate(() => seen.views), ['list'], 'no address of another host does');
    await other.goto(`${arg[where]}/careers/element.html?gig=${encodeURIComponent('receipts/' + 'A'.repeat(43))}`);
    await wait(other, '.gig-board');
    is(await other.evaluate(() => seen.views), ['list'], 'nor a receipt\'s');

    // A network that goes while one reads: what is there stays, and what was wanted comes after all.
    await other.context().setOffline(true);
    await other.locator('gig-board .gig-card-title a').nth(9).click();
    await other.locator('gig-board .gig-note strong', { hasText: 'You are not connected.' }).waitFor();
    is(await state(other), 'offline', 'a click without a network');
    ok(await host(other, (h, root) => root.querySelectorAll('.gig-card').length > 1), `${name}: the list stays`);
    await inspect(other, 'the list, offline');
    await other.context().setOffline(false);
    await wait(other, '.gig-gig');
    is(await other.evaluate(() => seen.policy), [], 'the policy was kept in these too');
    is(other.faults, [], 'no script failed');

    // From right to left.
    await other.goto(`${arg[where]}/careers/element.html?gig=a-one`);
    await wait(other, '.gig-gig');
    await host(other, (h, root) => { root.querySelector('.gig-page').dir = 'rtl'; });
    is(await host(other, (h, root) => [getComputedStyle(root.querySelector('.gig-back use')).transform,
      root.querySelector('.gig-title > .gig-logo').getBoundingClientRect().left > root.querySelector('h1').getBoundingClientRect().left]),
    ['matrix(-1, 0, 0, 1, 0, 0)', true], 'from right to left it is turned round');
    await inspect(other, 'from right to left');
    await other.context().close();
  }
}

// --- a sidebar, and what a page may set

for (const shape of arg.stale ? [] : SHAPES) {
  name = `a sidebar, ${shape.width} px, ${shape.colorScheme}`;
  const page = await open(shape, `${arg.other}/careers/sidebar.html`);
  await wait(page, '.gig-card');
  is(await host(page, h => Math.round(h.getBoundingClientRect().width)), 320, 'it is as wide as its column');
  is(await host(page, (h, root) => getComputedStyle(root.querySelector('.gig-board')).display), 'block', 'and laid out for that');
  is(await host(page, (h, root) => root.querySelectorAll('.gig-card').length), 3, 'with the gigs it is asked for');
  await inspect(page, 'the list');
  const style = (css, property) => host(page, (h, root, c, p) => getComputedStyle(root.querySelector(c))[p], css, property);
  is(await style('.gig-search .gig-button', 'backgroundColor'), 'rgb(91, 33, 182)', 'a tone of :root reaches it');
  is(await style('.gig-page', 'borderRadius'), '4px', 'one of the element, too');
  is(await style('.gig-card', 'borderTopWidth'), '3px', 'and a rule for a part');
  is(await style('.gig-card', 'outlineStyle'), 'none', 'other rules of the page do not');
  is(await style('.gig-page', 'colorScheme'), 'normal', 'a page that is light only');
  is(await style('.gig-page', 'backgroundColor'), 'rgb(252, 251, 248)', 'has a light board');
  is(await page.evaluate(() => seen.policy), [], 'the policy was kept');
  await page.context().close();
}

// --- forms that are opened and left leave nothing behind in the page

for (const shape of arg.stale ? [] : SHAPES.slice(0, 1)) {
  name = 'a form, opened ten times';
  const page = await open(shape, `${arg.other}/careers/element.html`);
  await wait(page, '.gig-board');
  for (let n = 0; n < 10; n++) {
    await host(page, h => h.setAttribute('gig', 'gig-3/apply'));
    await wait(page, '.gig-form [name=statement]');
    await host(page, h => h.removeAttribute('gig'));
    await wait(page, '.gig-board');
  }
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await wait(page, '.gig-board');
  is(await page.evaluate(() => ['online', 'pagehide'].map(event => seen.heard.filter(one => one === event).length)), [1, 0],
    'the window calls the element, and no form that has gone');
  is(page.faults, [], 'no script failed');
  await page.context().close();
}

// --- with cards inside that the server has put there

for (const shape of arg.stale ? [] : SHAPES) {
  name = `cards of the server, ${shape.width} px, ${shape.colorScheme}`;
  const page = await open(shape, `${arg.own}/careers/fragment.html`, true);
  await page.waitForFunction(() => document.querySelector('gig-board[state]'));
  const asks = [];
  page.on('request', r => asks.push(new URL(r.url()).pathname));
  is([await state(page), await page.evaluate(() => seen.states)], ['ready', ['ready']], 'it is ready at once');
  await page.waitForTimeout(300);
  is(await page.evaluate(() => seen.shift), 0, 'nothing moves');
  is([page.before.length, await places(page)], [9, page.before], 'by a pixel');
  is(await page.evaluate(() => performance.getEntriesByType('resource').filter(e => e.initiatorType === 'fetch').length), 0, 'nothing is asked for');
  await inspect(page, 'at first');
  await page.locator('gig-board .gig-card-title a').first().click();
  await wait(page, '.gig-gig');
  is(await page.locator('gig-board .gig-fragment').isVisible(), false, 'a gig takes the place of the cards');
  await inspect(page, 'a gig');
  await page.goBack();
  await page.locator('gig-board .gig-fragment').waitFor();
  is([await focus(page), asked(page)], ['Competitor pricing scan', null], 'going back they are there again, with the focus');
  await page.locator('gig-board .gig-all a').click();
  await wait(page, '.gig-board');
  is([asked(page), await host(page, (h, root) => root.querySelectorAll('.gig-card').length)], ['', 20], 'all gigs come with search and filters');
  await page.goBack();
  await page.locator('gig-board .gig-fragment').waitFor();
  await page.goForward();
  await wait(page, '.gig-board');
  asks.length = 0;
  await page.locator('gig-board .gig-pager [rel=next]').click();
  await page.waitForFunction(() => document.querySelector('gig-board').shadowRoot.querySelectorAll('.gig-card').length > 20);
  is(asks, ['/gigs/'], 'the next page is put below');
  is(await page.evaluate(() => seen.policy), [], 'the policy was kept');
  is(page.faults, [], 'no script failed');
  await page.context().close();
}

// --- behind, and never there

for (const shape of arg.stale ? SHAPES : []) {
  name = `stale, ${shape.width} px, ${shape.colorScheme}`;
  const page = await open(shape, `${arg.other}/careers/element.html`);
  await waitState(page, 'stale');
  ok(await page.locator('gig-board .gig-stale').isVisible(), `${name}: which is said`);
  await inspect(page, 'the list');

  // A limit of a proxy's, which has no page for it; then Redis is still gone, and the application is taken all the same.
  await page.goto(`${arg.other}/careers/element.html?gig=gig-3/apply`);
  await wait(page, '.gig-form');
  await fill(page, `stale-${shape.width}@example.edu`);
  await page.route('**/applications', route => route.fulfill({ status: 429, contentType: 'text/html', body: '<h1>429</h1>',
    headers: { 'access-control-allow-origin': arg.other, 'retry-after': '60' } }), { times: 1 });
  await send(page);
  await page.locator('gig-board .gig-note strong', { hasText: 'The server did not take it yet (429).' }).waitFor();
  is(await host(page, (h, root) => root.querySelector('[name=statement]').value), 'I would begin with the logs.', 'a limit is told, and what was typed is there');
  await page.unrouteAll();
  await send(page);
  await wait(page, '.gig-done');
  is(await focus(page), 'We have your application', 'then it is taken, though Redis is gone');
  await inspect(page, 'the receipt');

  await page.goto(`${arg.own}/careers/fragment.html`);
  await waitState(page, 'stale');
  await page.context().close();

  // An answer that is no page of the board: what is inside the element is there, and a way to try again.
  name = `no board, ${shape.width} px, ${shape.colorScheme}`;
  const none = await open(shape, `${arg.other}/careers/nothing.html`);
  await waitState(none, 'error');
  is(await host(none, (h, root) => root.querySelector('.gig-note strong').textContent), 'The gigs could not be loaded.', 'it says so');
  ok(await none.getByRole('link', { name: 'All open gigs' }).isVisible(), `${name}: what is inside stays`);
  await inspect(none, 'with a link');
  await none.route('**/nowhere/*', route => route.fulfill({ status: 200, contentType: 'text/html', headers: { 'access-control-allow-origin': '*' },
    body: '<body class="gig-page"><main><h1>Here now</h1></main>' }));
  await none.getByRole('button', { name: 'Try again' }).click();
  await none.locator('gig-board h1', { hasText: 'Here now' }).waitFor();
  is([await state(none), await host(none, (h, root) => root.querySelectorAll('.gig-note').length)], ['ready', 0], 'trying again helps');
  await none.context().close();
}

await browser.close();
done();
