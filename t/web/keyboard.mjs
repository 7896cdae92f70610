/*
 * From the list to a receipt by keys alone, as somebody goes who has no mouse and hears the page: list,
 * search, filter, gig, form, mistakes, receipt; at the width of a phone and of a desktop, at 400 %, and
 * without scripts.  On each page the way of the Tab key is the order in which a screen reader
 * reads it (the accessibility tree), whatever it stops at has a name, shows the focus and is not
 * covered.  base: the board.
 */

import { arg, chromium, done, ok } from './tap.mjs';

const WAYS = [
  { name: 'desktop', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
  { name: '400 %', viewport: { width: 320, height: 256 } },
  { name: 'without scripts', viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }
];

const browser = await chromium();

async function way({ name, ...settings }) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const scripts = settings.javaScriptEnabled !== false;
  const is = (pass, what, detail) => ok(pass, `${name}: ${what}`, detail);
  const has = css => page.evaluate(css => document.activeElement.matches(css), css);
  const at = () => page.evaluate(() => document.activeElement.outerHTML.slice(0, 160));

  await cdp.send('Accessibility.enable');

  // Until it is true in the page, whatever page that is then; a page without scripts has no clock of its own to ask.
  const until = async (test, ...args) => {
    for (const end = Date.now() + 20000; Date.now() < end; await new Promise(done => setTimeout(done, 30))) {
      if (await page.evaluate(test, ...args).catch(() => false)) {
        return;
      }
    }
    throw new Error(`${name}: waited for ${test}, at ${page.url()}`);
  };

  // Where the focus is: a number that stays the element's, and what is wrong with it.
  const stop = async () => {
    const { result } = await cdp.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { node } = await cdp.send('DOM.describeNode', { objectId: result.objectId });
    const wrong = await page.evaluate(() => {
      const e = document.activeElement;
      const shown = e.labels && e.labels.length && e.matches('[type=checkbox], [type=radio]') ? [e, ...e.labels] : [e];
      const inside = shown.flatMap(e => [...e.getClientRects()]).filter(b => b.width > 1 && b.height > 1);
      const points = inside.flatMap(b => [[b.left + b.width / 2, b.top + b.height / 2], [b.left + 2, b.top + 2], [b.right - 2, b.bottom - 2]]);
      const hit = points.some(([x, y]) => {
        const over = document.elementFromPoint(x, y);
        return over && (shown.some(s => s === over || s.contains(over)) || over.contains(e));
      });
      const marks = [e, ...(e.labels ?? [])].flatMap(e => [null, '::after'].map(part => getComputedStyle(e, part)));
      const ring = marks.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
      return (hit ? '' : ' is covered or out of sight') + (ring ? '' : ' has no ring');
    });
    return { id: node.backendNodeId, wrong };
  };

  // What a screen reader comes to one after the other that takes the focus, with names.
  const tree = async () => {
    const { nodes } = await cdp.send('Accessibility.getFullAXTree');
    const byId = new Map(nodes.map(n => [n.nodeId, n]));
    const found = [];
    const walk = n => {
      // A date's own button is the browser's.
      if ((n.properties ?? []).some(p => p.name === 'focusable' && p.value.value) && !n.ignored && n.role.value !== 'RootWebArea'
        && !/^Show date picker/.test(n.name ? n.name.value : '')) {
        found.push({ id: n.backendDOMNodeId, role: n.role.value, name: n.name ? n.name.value : '' });
      }
      (n.childIds ?? []).forEach(id => byId.has(id) && walk(byId.get(id)));
    };
    walk(nodes[0]);
    // tabindex -1 is for us to put the focus there; of a group of radio buttons the Tab key takes one.
    const kept = [];
    for (const item of found) {
      const { object } = await cdp.send('DOM.resolveNode', { backendNodeId: item.id });
      const { result } = await cdp.send('Runtime.callFunctionOn', { objectId: object.objectId, returnByValue: true, functionDeclaration: `function () {
        const group = this.type === 'radio' ? [...this.form.elements[this.name]] : [this];
        return this.tabIndex >= 0 && (group.find(e => e.checked) ?? group[0]) === this || (this.type === 'radio' && !group.some(e => e.checked) && group[0] === this);
      }` });
      if (result.value) {
        kept.push(item);
      }
    }
    return kept;
  };

  // The next Tab is the page's first.
  const begin = () => page.evaluate(() => {
    const e = document.createElement('span');
    e.tabIndex = -1;
    document.body.prepend(e);
    e.focus();
    e.remove();
    scrollTo(0, 0);
  });

  // From the page's beginning to its end by Tab, against the tree; comes back to the beginning.
  const order = async what => {
    const read = await tree();
    const seen = [];
    const wrong = [];
    await begin();
    for (let n = 0; n < 2 * read.length + 8; n++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement === document.body)) {
        break;
      }
      const { id, wrong: fault } = await stop();
      if (id === seen[0] && seen.length > 1) {
        break;
      }
      // Within a date one goes from day to month.
      if (id === seen[seen.length - 1]) {
        continue;
      }
      seen.push(id);
      if (fault) {
        wrong.push(await at() + fault);
      }
    }
    is(read.length > 2 && read.map(i => i.id).join() === seen.join(), `${what}: Tab goes the way of a screen reader (${read.length} stops)`,
      [`${seen.length} stops for ${read.length}`, ...read.filter(i => !seen.includes(i.id)).map(i => `never reached: ${i.role} ${i.name}`)]);
    is(read.every(i => i.name.trim()), `${what}: each has a name`, read.filter(i => !i.name.trim()).map(i => i.role));
    is(wrong.length === 0, `${what}: and shows that it has the focus`, wrong.slice(0, 6));
    await begin();
  };

  // Tab until it is there; false: it never is.
  const go = async (css, back) => {
    for (let n = 0; n < 200; n++) {
      await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
      if (await has(css)) {
        return true;
      }
    }
    return is(false, `Tab reaches ${css}`);
  };
  const enter = () => page.keyboard.press('Enter');
  // To a page that has an address like that, and is another one than this.
  const turn = async (act, like) => {
    await page.evaluate(() => { window.was = true; });
    await act();
    await until(like => !window.was && document.readyState === 'complete' && new RegExp(like).test(location), like.source);
  };
  const heading = () => page.evaluate(() => document.querySelector('h1').textContent);

  // --- the list

  await page.goto(arg.base);
  // It has the most stops: once as all see it, once as large as can be.
  if (name === 'desktop' || name === '400 %') {
    await order('the list');
  }
  await page.keyboard.press('Tab');
  is(await has('.gig-skip') && await page.evaluate(() => document.activeElement.getBoundingClientRect().top >= 0), 'the first stop is a way past the head, and is seen');
  await enter();
  await page.keyboard.press('Tab');
  is(await page.evaluate(() => document.getElementById('main').contains(document.activeElement)), 'and leads into the content');

  if (!await has('#gig-q')) {
    await go('#gig-q');
  }
  await page.keyboard.type('a');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('research');
  if (scripts) {
    await until(() => /q=research/.test(location));
    is(await has('#gig-q'), 'who searches goes on typing', await at());
    await until(() => document.getElementById('gig-said').textContent.includes('match'));
    is(true, 'and is told how many there are');
  } else {
    await turn(enter, /q=research/);
    is(true, 'a search by Enter');
  }

  const folded = () => page.evaluate(() => {
    const e = document.querySelector('.gig-disclosure');
    return !e.open && !e.querySelector('input').checkVisibility({ contentVisibilityAuto: true });
  });
  if (await folded()) {
    await go('.gig-disclosure > summary');
    await enter();
    is(!await folded(), 'filters open by Enter');
  }
  const remote = '[name=mode][value=remote]';
  await go(remote);
  await page.keyboard.press('Space');
  if (scripts) {
    await until(() => /mode=remote/.test(location));
    await until(css => document.querySelector(css).checked, remote);
    is(await has(remote), 'a filter is chosen by Space, and the focus stays on it', await at());
  } else {
    await go('.gig-show button');
    await turn(enter, /mode=remote/);
    is(true, 'filters are sent by Enter');
  }

  // --- a gig

  await go('.gig-card-title a');
  await turn(enter, /\/gigs\/[a-z-]+(\?|$)/);
  is(true, 'a card leads to its gig by Enter');
  await order('the gig');
  await go('a[href*="/apply"]');
  await turn(enter, /\/apply/);
  is(/^Apply: /.test(await heading()), 'and that to its form', await heading());

  // --- the form, with nothing in it

  await order('the form');
  const age = await page.evaluate(() => +document.querySelector('form').dataset.wait);
  await until(wait => performance.now() > wait * 1000 + 500, age);
  const answered = async () => {
    if (scripts) {
      await enter();
      await until(() => document.activeElement.matches('[role=alert]'));
    } else {
      await turn(enter, /applications/);
    }
  };
  await go('main form [type=submit]');
  await answered();
  is(await has('[role=alert]'), 'mistakes are read first: they have the focus', await at());
  is((await page.title()).startsWith('Error: '), 'and the title says so', await page.title());
  const told = await page.evaluate(() => {
    const wrong = [];
    const named = [...document.querySelectorAll('[role=alert] a')];
    const fields = [...document.querySelectorAll('.gig-field-error')];
    named.forEach(a => {
      const e = document.querySelector(a.getAttribute('href'));
      const group = e && (e.closest('fieldset') ?? e);
      const by = e && [e, group].flatMap(e => (e.getAttribute('aria-describedby') ?? '').split(/\s+/).filter(Boolean));
      const says = by && by.map(id => document.getElementById(id)).filter(Boolean).map(e => e.textContent).join(' ');
      if (!e || !says.includes(a.textContent.replace(/^[^:?]*[:?] /, '')) || !(e.matches('[aria-invalid=true]') || group.matches('[aria-invalid=true]') || group.querySelector('[aria-invalid=true]'))) {
        wrong.push(a.outerHTML);
      }
    });
    return { named: named.length, fields: fields.length, wrong };
  });
  is(told.named >= 5 && told.named === told.fields, `all of them are listed (${told.named})`, `${told.fields} fields are wrong`);
  is(told.wrong.length === 0, 'each leads to its field, which is told wrong and why', told.wrong);
  await order('the form with mistakes');

  // --- right but for one, then right

  await go('[role=alert] a');
  await enter();
  is(await has('[name=first_name]'), 'a mistake leads to its field', await at());
  await page.keyboard.type('Avery');
  for (const [field, text] of [['last_name', 'Example'], ['email', 'avery@example'], ['statement', 'I would read ten logs by hand first, and only then decide.']]) {
    await go(`[name=${field}]`);
    await page.keyboard.type(text);
  }
  await go('[name=available]');
  await page.keyboard.press('Space');
  for (const field of ['consent_processing', 'eligible']) {
    await go(`[name=${field}]`);
    await page.keyboard.press('Space');
  }
  await page.evaluate(() => { document.querySelector('[role=alert]').removeAttribute('tabindex'); });
  await go('main form [type=submit]');
  await answered();
  const left = await page.evaluate(() => [...document.querySelectorAll('[role=alert] a')].map(a => a.getAttribute('href')));
  is(left.join() === '#f-email', 'what is right is not told again, and still there', left);
  await go('[role=alert] a');
  await enter();
  is(await has('[name=email]') && await page.evaluate(() => document.activeElement.value) === 'avery@example', 'the field, with what was typed', await at());
  await page.keyboard.press('Control+a');
  await page.keyboard.type(`avery${WAYS.findIndex(way => way.name === name)}@example.edu`);

  // --- Enter in a field sends, too

  await turn(enter, /\/receipts\/[\w-]{43}/);
  is(/have your application/i.test(await page.evaluate(() => document.querySelector('main').textContent)), 'and the receipt');
  is(!(await page.title()).startsWith('Error'), 'whose title says what it is', await page.title());
  await order('the receipt');
  await context.close();
}

await Promise.all(WAYS.map(way));
await browser.close();
done();
