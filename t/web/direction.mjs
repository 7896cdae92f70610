/*
 * Pages as one reads them from right to left, at a phone's and a desktop's width: nothing sticks
 * out, what begins a line is at its right, arrows point the other way, and nothing is cut off.
 * pages: [{name, url, mirrored}], mirrored: what of the page must be in its right half.
 */

import { arg, chromium, done, ok } from './tap.mjs';

const browser = await chromium();

for (const width of [390, 1280]) {
  const page = await (await browser.newContext({ viewport: { width, height: 844 } })).newPage();

  for (const { name, url, mirrored } of arg.pages) {
    await page.goto(url);

    const shape = dir => page.evaluate(([d, css]) => {
      document.documentElement.dir = d;
      const box = e => e.getBoundingClientRect();
      const inside = document.querySelectorAll('main *:not(.gig-only-read, .gig-trap, .gig-trap *, option)');
      return {
        scroll: document.documentElement.scrollWidth,
        out: [...inside].filter(e => box(e).left < -1 || box(e).right > innerWidth + 1)
          .map(e => e.outerHTML.slice(0, 100)),
        at: css.filter(c => document.querySelector(c)).map(c => {
          const e = document.querySelector(c);
          const place = box(e), around = box(e.parentElement);
          return { css: c, left: place.left - around.left, right: around.right - place.right };
        }),
        arrows: [...document.querySelectorAll('use[href$=next], use[href$=back]')]
          .map(e => getComputedStyle(e).transform)
      };
    }, [dir, mirrored]);

    const ltr = await shape('ltr');
    const rtl = await shape('rtl');

    ok(rtl.at.length === mirrored.length, `${name}, ${width} px: all is there`, rtl.at.map(a => a.css));
    ok(rtl.scroll <= width, `${name}, ${width} px: nothing sticks out`, `it is ${rtl.scroll} px wide`);
    ok(rtl.out.length === ltr.out.length, `${name}, ${width} px: and nothing is out of sight`, rtl.out);
    rtl.at.forEach(({ css }, i) => ok(Math.abs(ltr.at[i].left - rtl.at[i].right) < 1.5,
      `${name}, ${width} px: "${css}" changes sides`, [JSON.stringify(ltr.at[i]), JSON.stringify(rtl.at[i])]));
    ok(ltr.arrows.every(t => t === 'none') && rtl.arrows.every(t => t === 'matrix(-1, 0, 0, 1, 0, 0)'),
      `${name}, ${width} px: arrows turn (${rtl.arrows.length})`, rtl.arrows);
    /* A gig's own texts may run the other way; its names stay beside their sign all the same. */
    const names = await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
      return [...document.querySelectorAll('.gig-title h1, .gig-step-title')].map(e => {
        e.dir = 'ltr';
        const side = getComputedStyle(e).textAlign;
        e.removeAttribute('dir');
        return side;
      });
    });
    ok(names.every(side => side === 'right'), `${name}, ${width} px: names in another direction stay at the right (${names.length})`, names);

    /* In a column of 320 px of a wide window, as in a company's frame, a page is a phone's. */
    if (width > 390) {
      const column = await page.evaluate(() => {
        document.documentElement.dir = 'ltr';
        document.querySelector('.gig-page').style.width = '320px';
        const wide = [...document.querySelectorAll('main > :not(.gig-hero), main *')]
          .filter(e => !e.closest('.gig-trap, .gig-only-read') && e.getBoundingClientRect().right > 320);
        return wide.map(e => e.outerHTML.slice(0, 100));
      });
      ok(column.length === 0, `${name} in a column of 320 px: nothing sticks out`, column);
    }

    if (arg.pictures) {
      await page.screenshot({ path: `${arg.pictures}/rtl-${name.replace(/\W+/g, '-')}-${width}.png`, fullPage: true });
    }
  }
}

await browser.close();
done();
