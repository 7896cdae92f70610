/*
 * axe-core over pages, wide and narrow, light and dark.  pages: [{name, url, status}].  What it is
 * unsure of ("incomplete") is no violation; a page that it did not look at would be a test that
 * says nothing, so the number of rules that applied is looked at, too.
 */

import { arg, chromium, done, ok, text } from './tap.mjs';

const SHAPES = [
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' }
];

const browser = await chromium();

for (const { width, height, colorScheme } of SHAPES) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  await context.addInitScript({ content: text('axe-core') });
  const page = await context.newPage();

  for (const { name, url, status } of arg.pages) {
    const answer = await page.goto(url);
    ok(answer.status() === status, `${name}: ${status}`, `it is ${answer.status()}`);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    ok(result.violations.length === 0, `${name}, ${width} px, ${colorScheme}: axe-core finds no violation`,
      result.violations.flatMap(v => [`${v.id} (${v.impact}): ${v.help}`,
        ...v.nodes.slice(0, 3).flatMap(n => ['  ' + n.html.slice(0, 200), '  ' + n.failureSummary])]));
    ok(result.passes.length >= 10, `${name}, ${width} px, ${colorScheme}: and looked at it (${result.passes.length} rules)`);
  }

  await context.close();
}

await browser.close();
done();
