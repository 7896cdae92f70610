/*
 * The list answers as one types.  Everything here works without it: each answer is a
 * page with an address of its own, which is fetched and put in place of what is shown;
 * whatever fails becomes an ordinary visit to that address.
 */
(() => {
  'use strict';

  const DEBOUNCE = 150;   // ms of rest after a key, or a turn of the wheel
  const form = document.getElementById('gig-search');
  const board = document.getElementById('gig-board');
  const said = document.getElementById('gig-said');
  const base = form && form.action.split('?')[0];

  // With public_url the form may ask another host, whose pages are not ours to fetch.
  if (!board || !base.startsWith(location.origin + '/')) {
    return;
  }

  const one = (css, root) => (root || board).querySelector(css);
  const all = (css, root) => [...(root || board).querySelectorAll(css)];
  const here = () => location.href.split('#')[0];

  let shown = here();     // the address of what is on the page
  let more = [];          // and those of the pages that were added below it
  let typing = false;     // the entry of the history is one that is still being typed
  let fetching = null;
  let timer = 0;
  let resting = 0;


  const address = () => {
    const query = new URLSearchParams();
    new FormData(form).forEach((value, name) => value.trim() && query.append(name, value.trim()));
    return base + (String(query) && '?' + query);
  };

  const load = async url => {
    if (fetching) {
      fetching.abort();
    }
    const mine = fetching = new AbortController();
    one('.gig-found').setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(url, { headers: { Accept: 'text/html' }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (!answer.ok || !page.getElementById('gig-board')) {
        throw new Error(answer.status);
      }
      return page;
    } finally {
      if (fetching === mine) {
        fetching = null;
        one('.gig-found').removeAttribute('aria-busy');
      }
    }
  };


  // The same things to choose from, whatever is chosen, in whatever order.
  const choices = root => all('input, option', root)
    .map(e => [e.name, e.type, e.type === 'checkbox' && e.value, (e.closest('label') || e).textContent])
    .sort().join('\n');

  const choose = (old, now, mine) => all('input, select', old).forEach(e => {
    const box = e.type === 'checkbox';
    const twin = all('input, select', now)
      .find(n => n.name === e.name && (!box || n.value === e.value));
    if (box) {
      e.checked = twin.checked;
    } else if (!mine) {
      e.value = twin.value;
    }
  });

  // What can stay stays, with focus, caret and what was opened.
  const swap = (old, now, mine) => {
    if (choices(old) === choices(now)) {
      choose(old, now, mine);
      return;
    }
    all('details', now).forEach((e, i) => { e.open = (all('details', old)[i] || e).open; });
    old.replaceWith(now);
  };

  const fill = (css, now) => one(css).replaceChildren(...one(css, now).childNodes);

  // Facets have a fixed order, but any of them may come or go.
  const facets = (now, mine) => {
    const name = e => e.firstChild.textContent;
    const next = all('.gig-facet', now);
    all('.gig-facet').filter(e => !next.some(n => name(n) === name(e))).forEach(e => e.remove());
    next.forEach((e, i) => {
      const old = one('.gig-facets').children[i];
      if (name(old) === name(e)) {
        swap(old, e, mine);
      } else {
        old.before(e);
      }
    });
  };

  // mine: the page answers what is in the form, which therefore is at least as new.
  const put = (page, mine) => {
    const now = page.getElementById('gig-board');
    const focus = document.activeElement;
    const held = board.contains(focus);

    document.title = page.title;
    one('.gig-kept', document).replaceChildren(...one('.gig-kept', page).childNodes);
    if (!mine) {
      form.elements.q.value = page.getElementById('gig-q').value;
    }

    if (one('.gig-filters') && one('.gig-filters', now)) {
      ['.gig-views', '.gig-disclosure > summary', '.gig-count', '.gig-results']
        .forEach(css => fill(css, now));
      facets(now, mine);
      swap(one('.gig-sort'), one('.gig-sort', now), mine);
    } else {
      board.replaceChildren(...now.childNodes);
    }

    if (held && !focus.isConnected) {
      (all(focus.tagName).find(e => e.name === focus.name && e.value === focus.value
        && e.textContent === focus.textContent) || one('.gig-found')).focus({ preventScroll: true });
    }
    more = [];
    dress();
  };

  // Words are the page's: data-say-*, with {1} and {2} for what we put in.
  const words = () => one('.gig-count strong').dataset;
  const fit = (text, ...values) => text.replace(/\{(\d)\}/g, (whole, n) => values[n - 1]);
  const number = () => +words().n;
  const digits = n => n.toLocaleString(document.documentElement.lang || undefined);

  // The same words once more are no news to a screen reader, unless they differ.
  const say = text => { said.textContent = text + (said.textContent === text ? '\u00a0' : ''); };

  // What the page's words cannot promise without us.
  const dress = () => {
    const next = one('[rel=next]');
    const button = one('.gig-show button');
    if (next) {
      const left = number() - all('.gig-card').length;
      const page = form.elements.limit ? +form.elements.limit.value : 20;
      next.textContent = /[?&]cursor=/.test(shown) ? words().sayMore
        : fit(words().sayMoreN, digits(Math.min(left, page)));
    }
    if (button) {
      button.textContent = words().sayShow;
    }
  };


  const keep = () => history.replaceState({ more, y: scrollY }, '');

  const leave = (error, url) => {
    if (error.name === 'AbortError') {
      return;
    }
    if (url === here()) {
      location.reload();
    } else {
      location.assign(url);
    }
  };

  // how: 'type' a key, 'form' another control, 'link', or 'back' (or forward) in the history.
  const show = async (url, how) => {
    clearTimeout(timer);
    if (url === shown && how !== 'back') {
      if (fetching) {
        fetching.abort();
      }
      return;
    }
    try {
      const page = await load(url);
      if (how !== 'back') {
        keep();
        history[how === 'type' && typing ? 'replaceState' : 'pushState']({ more: [], y: scrollY }, '', url);
        typing = how === 'type';
      }
      shown = url;
      put(page, how !== 'link' && how !== 'back');
      const hint = one('.gig-suggestion');
      say(one('.gig-count').textContent + (hint ? '. ' + hint.textContent : ''));
      return true;
    } catch (error) {
      leave(error, url);
    }
  };

  const add = async url => {
    const page = await load(url);
    const cards = all('.gig-card', page);
    const next = one('[rel=next]', page);
    one('.gig-cards').append(...cards);
    more.push(url);
    if (next) {
      one('[rel=next]').href = next.href;
      dress();
    } else {
      one('.gig-pager').remove();
    }
    return cards[0];
  };

  const further = async url => {
    try {
      const first = await add(url);
      keep();
      one('a', first).focus();
      say(fit(words().sayOf, digits(all('.gig-card').length), words().sayGigs));
    } catch (error) {
      leave(error, url);
    }
  };

  // As it was left: pages that had been added come again, then the place.
  const restore = async state => {
    try {
      for (const url of state.more) {
        await add(url);
      }
      scrollTo(0, state.y);
    } catch (error) {
      // What is there may be gone on from.
    }
  };


  document.addEventListener('input', event => {
    if (event.target.form === form && !event.target.matches('[type=checkbox], select')) {
      clearTimeout(timer);
      timer = setTimeout(() => event.target.checkValidity() && show(address(), 'type'), DEBOUNCE);
    }
  });

  document.addEventListener('change', event => {
    if (event.target.form === form && event.target.matches('[type=checkbox], select')) {
      show(address(), 'form');
    }
  });

  // Whoever comes back to a field asks something else.
  document.addEventListener('focusin', event => {
    typing = typing && !event.target.matches('input');
  });

  form.addEventListener('submit', event => {
    event.preventDefault();
    show(address(), 'type');
    if (event.submitter && event.submitter.closest('.gig-show')) {
      one('.gig-disclosure').open = false;
      one('.gig-found').focus();
      one('.gig-found').scrollIntoView();
    } else if (matchMedia('(pointer: coarse)').matches) {
      form.elements.q.blur();   // puts the keyboard away
    }
  });

  document.addEventListener('click', event => {
    const link = event.target.closest('a[href]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey
      || event.shiftKey || event.altKey || !board.contains(link) || link.href.split('?')[0] !== base) {
      return;
    }
    event.preventDefault();
    if (link.rel === 'next') {
      further(link.href);
    } else {
      show(link.href, 'link');
    }
  });

  addEventListener('popstate', async event => {
    typing = false;
    if (here() !== shown && await show(here(), 'back') && event.state) {
      restore(event.state);
    }
  });

  // A reload forgets what is written down as the page goes.
  addEventListener('scroll', () => {
    clearTimeout(resting);
    resting = setTimeout(keep, DEBOUNCE);
  }, { passive: true });

  // A browser puts a page back to where it was; only one that has grown is ours to put back.
  addEventListener('pagehide', () => {
    keep();
    history.scrollRestoration = more.length ? 'manual' : 'auto';
  });

  addEventListener('pageshow', () => { history.scrollRestoration = 'manual'; });

  // Before ::details-content a closed disclosure could not be shown by style alone.
  if (!CSS.supports('selector(::details-content)') && matchMedia('(min-width: 60rem)').matches) {
    all('.gig-disclosure').forEach(e => { e.open = true; });
  }

  dress();

  if (history.state && history.state.more && history.state.more.length) {
    restore(history.state);
  }
})();
