/*
 * axe-core over pages, wide and narrow, light and dark.  pages: as visit() takes them, with name and
 * status; all: each in both shapes, else one after the other in turn.  What axe-core is unsure of
 * ("incomplete") is no violation; a page that it did not look at would be a test that says nothing,
 * so the number of rules that applied is looked at, too.
 */

import { arg, chromium, done, ok, text, visit } from './tap.mjs';

const SHAPES = [
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' }
];

const browser = await chromium();

for (const [number, { width, height, colorScheme }] of SHAPES.entries()) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  await context.addInitScript({ content: text('axe-core') });
  const page = await context.newPage();

  for (const [n, state] of arg.pages.entries()) {
    if (!arg.all && !state.all && n % 2 !== number) {
      continue;
    }
    const name = `${state.name}, ${width} px, ${colorScheme}`;
    const status = await visit(page, state);
    ok(status === state.status, `${name}: ${state.status}`, `it is ${status}`);
    // What is folded is read as well.
    const result = await page.evaluate(() => {
      document.querySelectorAll('details').forEach(e => { e.open = true; });
      return window.axe.run(document, { resultTypes: ['violations'] });
    });
    ok(result.violations.length === 0, `${name}: axe-core finds no violation`,
      result.violations.flatMap(v => [`${v.id} (${v.impact}): ${v.help}`,
        ...v.nodes.slice(0, 3).flatMap(n => ['  ' + n.html.slice(0, 200), '  ' + n.failureSummary])]));
    ok(result.passes.length >= 10, `${name}: and looked at it (${result.passes.length} rules)`);
  }

  await context.close();
}

await browser.close();
done();
