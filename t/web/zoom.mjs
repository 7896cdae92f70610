/*
 * What WCAG 2.2 asks of a page whatever is done to it: nothing cut and no sideways scrolling at 320
 * CSS px (1.4.10, zoom of 400 % on 1280 px) and with a reader's own text spacing (1.4.12), targets of
 * 24 px (2.5.8), no movement for who asked for none.  pages: as visit() takes them, with name.
 */

import { arg, chromium, done, ok, visit } from './tap.mjs';

// 1.4.12, word for word.
const SPACING = '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }'
  + ' p { margin-bottom: 2em !important }';

const browser = await chromium();
// A style sheet of the reader's is not the page's: the policy has nothing to say of it.
const context = await browser.newContext({ bypassCSP: true });
const page = await context.newPage();

/* In the page: what is cut, reaches out of the window, or is too small to hit; lines that say so. */
function faults(wanted) {
  const said = [];
  const wide = document.documentElement.clientWidth;
  const shown = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const called = e => e.outerHTML.slice(0, 120).replace(/\s+/g, ' ');
  // For screen readers alone, or a way past that shows when it has the focus.
  const aside = e => {
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.clipPath !== 'none' || style.clip !== 'auto' || (e.offsetWidth <= 1 && e.offsetHeight <= 1) || e.matches('.gig-skip')) {
        return true;
      }
    }
    return false;
  };
  const scrolls = e => {
    for (e = e.parentElement; e && e !== document.body; e = e.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth) {
        return true;
      }
    }
    return false;
  };

  if (document.scrollingElement.scrollWidth > wide) {
    said.push(`the page is ${document.scrollingElement.scrollWidth} px wide in a window of ${wide}`);
  }

  for (const e of document.body.querySelectorAll('*')) {
    if (!shown(e) || e.closest('svg') || aside(e)) {
      continue;
    }
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    if ((box.right > wide + 1 || box.left < -1) && !scrolls(e)) {
      said.push(`outside, ${Math.round(box.left)} to ${Math.round(box.right)}: ${called(e)}`);
    }
    const cuts = /hidden|clip/.test(style.overflowX + style.overflowY) || style.textOverflow === 'ellipsis';
    if (cuts && e.textContent.trim() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) {
      said.push(`cut, ${e.scrollWidth} x ${e.scrollHeight} in ${e.clientWidth} x ${e.clientHeight}: ${called(e)}`);
    }
    // A button's text or a choice that is longer than the control is cut as well.
    if (e.matches('button, .gig-button') && e.scrollWidth > e.clientWidth + 1) {
      said.push(`cut in a button: ${called(e)}`);
    }
  }

  if (wanted.targets) {
    const inline = e => getComputedStyle(e).display === 'inline'
      && [...e.parentElement.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
    // What reacts: with a label, both; a card, all of it, as its link covers it.
    const box = e => {
      let all = [e.getBoundingClientRect(), ...[...(e.labels ?? [])].map(l => l.getBoundingClientRect())];
      const over = getComputedStyle(e, '::after');
      if (over.content !== 'none' && over.position === 'absolute') {
        all.push(e.offsetParent.getBoundingClientRect());
      }
      all = all.filter(b => b.width && b.height);
      const left = Math.min(...all.map(b => b.left)), top = Math.min(...all.map(b => b.top));
      return { width: Math.max(...all.map(b => b.right)) - left, height: Math.max(...all.map(b => b.bottom)) - top };
    };
    let n = 0;
    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]')) {
      if (!shown(e) || e.closest('[aria-hidden=true]') || (aside(e) && !(e.labels ?? []).length)) {
        continue;
      }
      n++;
      const { width, height } = box(e);
      if ((width < 24 || height < 24) && !inline(e)) {
        said.push(`a target of ${Math.round(width)} x ${Math.round(height)}: ${called(e)}`);
      }
    }
    if (n === 0) {
      said.push('there is nothing to press');
    }
  }

  return said;
}

async function look(state, name, targets) {
  const said = await page.evaluate(faults, { targets });
  ok(said.length === 0, `${state.name}: ${name}`, said.slice(0, 12));
}

for (const state of arg.pages) {
  await page.setViewportSize({ width: 320, height: 640 });
  await visit(page, state);
  await page.evaluate(() => document.querySelectorAll('details').forEach(e => { e.open = true; }));
  await look(state, 'at 400 % nothing is cut, nothing scrolls sideways, targets are 24 px', true);
  await page.setViewportSize({ width: 1280, height: 900 });
  await look(state, 'targets are 24 px on a desktop', true);
  await page.addStyleTag({ content: SPACING });
  await look(state, 'text may be spaced', false);
  await page.setViewportSize({ width: 390, height: 844 });
  await look(state, 'on a phone as well', false);
}

// --- movement: one page of each kind

const KINDS = ['list', 'list-chosen', 'gig-log-parser', 'gone', 'form', 'form-errors', 'receipt-delivered'];
const kinds = arg.pages.filter(state => KINDS.includes(state.name));
ok(kinds.length === KINDS.length, 'pages of all kinds', kinds.map(k => k.name).join());

for (const reducedMotion of ['no-preference', 'reduce']) {
  await page.emulateMedia({ reducedMotion });
  let moves = 0;
  for (const state of kinds) {
    await visit(page, state);
    moves += await page.evaluate(() => {
      const long = times => times.split(',').some(t => parseFloat(t) * (/ms$/.test(t.trim()) ? 1 : 1000) > 10);
      return [...document.querySelectorAll('*')].filter(e => [null, '::before', '::after'].some(part => {
        const style = getComputedStyle(e, part);
        return (style.transitionProperty !== 'none' && long(style.transitionDuration))
          || (style.animationName !== 'none' && long(style.animationDuration)) || style.scrollBehavior === 'smooth';
      })).length;
    });
  }
  if (reducedMotion === 'reduce') {
    ok(moves === 0, 'nothing moves for who asked for no movement', `${moves} elements do`);
  } else {
    ok(moves > 0, 'what moves for others is seen');
  }
}

await browser.close();
done();
