/*
 * The recipes of docs/embedding.md in a browser; t/web-recipes.t has made pages of them.  own, other:
 * where these are; folder: that of the other's free/, for React, which npm has as CommonJS.
 */

import fs from 'node:fs';
import { arg, chromium, done, ok } from './tap.mjs';

const browser = await chromium();

const is = (got, wanted, what) => ok(JSON.stringify(got) === JSON.stringify(wanted), what, [`got  ${JSON.stringify(got)}`, `want ${JSON.stringify(wanted)}`]);

const open = async (url, options) => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
  page.said = [];
  page.on('console', m => /error|warning/.test(m.type()) && !/favicon/.test(m.text() + m.location().url) && page.said.push(m.text()));
  page.on('pageerror', e => page.said.push(e.stack));
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => { window.shift += e.value; })).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(url);
  return page;
};

const cards = async (page, n) => {
  await page.locator(`gig-board .gig-card >> nth=${n - 1}`).waitFor({ timeout: 10000 });
  return page.locator('gig-board .gig-card').count();
};

// An include inside the element.
let page = await open(`${arg.own}/opens.html`);
await page.waitForFunction(() => document.querySelector('gig-board').getAttribute('state') === 'ready');
is([await cards(page, 5), await page.evaluate(() => window.shift)], [5, 0], 'an include in the element: its cards, and nothing moves');
await page.locator('gig-board .gig-card-title a').first().click();
await page.locator('gig-board .gig-gig h1').waitFor();
is(new URL(page.url()).search, '?gig=a-one', 'they open in place');
is(page.said, [], 'and the console is silent');

// Plain HTML.
page = await open(`${arg.other}/free/plain.html`, { javaScriptEnabled: false });
await page.getByLabel('Search our gigs').fill('pricing');
await page.getByRole('button', { name: 'Search' }).click();
await page.locator('.gig-card').waitFor();
is(page.url(), `${arg.board}?q=pricing`, 'plain HTML: the search is the board\'s');
await page.goto(`${arg.other}/free/plain.html`);
await page.getByRole('link', { name: 'All open gigs' }).click();
is(page.url(), arg.board, 'and the link leads to it');

// The element: of its own origin, of another by the page's policy, by the name with the hash.
for (const [name, url] of [['the element', `${arg.own}/element.html`], ['under the policy', `${arg.other}/strict/element.html`],
  ['with integrity', `${arg.other}/free/pinned.html`]]) {
  page = await open(url);
  is([await cards(page, 7), page.said], [7, []], `${name}: all gigs, and a silent console`);
}
page = await open(`${arg.other}/strict/element.html`, { javaScriptEnabled: false });
ok(await page.getByRole('link', { name: 'All open gigs' }).isVisible(), 'without scripts: the link inside');

// A post of WordPress, where it is there.
if (arg.wordpress) {
  page = await open(arg.wordpress);
  await page.waitForFunction(() => document.querySelector('gig-board').getAttribute('state') === 'ready');
  await page.locator('gig-board .gig-card-title a').first().click();
  await page.locator('gig-board .gig-gig h1').waitFor();
  is([new URL(page.url()).pathname, page.said], ['/wp/', []], 'WordPress: the cards of a post open in place');
}

// Looks.
page = await open(`${arg.other}/free/looks.html`);
await cards(page, 7);
is(await page.evaluate(() => {
  const host = document.querySelector('gig-board'), of = css => getComputedStyle(host.shadowRoot.querySelector(css));
  return [of('.gig-card').borderTopWidth, of('.gig-search .gig-button').backgroundColor, of('.gig-card').borderRadius, getComputedStyle(host).minHeight, window.shift];
}), ['2px', 'rgb(91, 33, 182)', '4px', '900px', 0], 'looks: part, tones, room; and nothing moves');

// An iframe.
page = await open(`${arg.other}/free/frame.html`);
await page.frameLocator('iframe').locator('.gig-card').first().waitFor();
is(page.said, [], 'an iframe: the list');

// React, as modules: a wrapper of what npm has.
const module = (name, file, needs) => `${needs.map((n, i) => `import m${i} from '${n}';`).join('')}
const require = name => ({ ${needs.map((n, i) => `'${n}': m${i}`).join(', ')} })[name], module = { exports: {} }, exports = module.exports, process = { env: { NODE_ENV: 'production' } };
${fs.readFileSync(`${process.env.GIG_NPM}/node_modules/${file}`, 'utf8')}
export default module.exports;
${name === 'react' ? 'export const { createElement, useEffect, useRef, useState } = module.exports;' : ''}`;

const imports = {};
for (const [name, file, ...needs] of [['react', 'react/cjs/react.production.js'], ['scheduler', 'scheduler/cjs/scheduler.production.js'],
  ['react-dom', 'react-dom/cjs/react-dom.production.js', 'react'], ['react-dom/client', 'react-dom/cjs/react-dom-client.production.js', 'react', 'scheduler', 'react-dom']]) {
  imports[name] = `./${name.replace('/', '-')}.js`;
  fs.writeFileSync(`${arg.folder}/${imports[name]}`, module(name, file, needs));
}
fs.writeFileSync(`${arg.folder}/react.html`, `<!doctype html><html lang="en"><head><title>Careers</title>
<script defer src="${arg.board}embed.js"></script><script type="importmap">${JSON.stringify({ imports })}</script></head><body><main id="app"></main>
<script type="module">
import { createElement, useState } from 'react';
import dom from 'react-dom/client';
import { GigBoard } from './board.js';
window.sent = [];
const onSent = detail => window.sent.push(detail);
const App = () => {
  const [query, ask] = useState('limit=2');
  window.ask = ask;
  return createElement(GigBoard, { query, onSent });
};
dom.createRoot(document.getElementById('app')).render(createElement(App));
</script></body></html>`);
page = await open(`${arg.other}/free/react.html`);
is(await cards(page, 2), 2, 'React: the list it asks for');
await page.evaluate(() => window.ask('limit=4'));
is(await cards(page, 4), 4, 'another list');
await page.evaluate(() => document.querySelector('gig-board').shadowRoot.querySelector('section').dispatchEvent(
  new CustomEvent('gig-sent', { bubbles: true, composed: true, detail: { gig: 'a-one' } })));
is([await page.evaluate(() => window.sent), page.said], [[{ gig: 'a-one' }], []], 'and its listener');

await browser.close();
done();
