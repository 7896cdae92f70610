/*
 * <gig-board>: the board in somebody else's page.  What it shows are the board's own pages, fetched
 * and put into a shadow root, so that texts, forms and errors are said once, by the server.  What
 * the server has put inside the element already (fragment.html) stays where it is until somebody
 * opens something.  Behind TONES, SHEET, form.js and counter.js, which tools/embed puts there.
 */

const DEBOUNCE = 150;         // ms of rest after a key
const FRESH = 60000;          // ms a list is put back as it was left
const OURS = /^(\?[^#]*|(?!receipts\b)[\w-]{1,40}(\/(?!self-id)[\w-]+)?(\?[^#]*)?)?(#.*)?$/;
const HERE = document.currentScript && document.currentScript.src;

const sheet = text => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

// The tones are the page's to set, so they lie on its :root, where any rule outweighs them.  Dark
// ones are for a page that says it can be dark.
const tone = () => {
  if (!tone.done) {
    tone.done = true;
    const meta = one('meta[name=color-scheme]') || {};
    const can = /dark/.test(getComputedStyle(document.documentElement).colorScheme + meta.content);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet(can ? TONES : TONES.replace(/@media[^{]*dark/, '@media not (all'))];
  }
};

// What is mixed from them is mixed anew for whoever sets them on the element.
const look = 'adoptedStyleSheets' in document && CSS.supports('color', 'color-mix(in srgb,red,red)')
  && sheet(TONES.slice(TONES.indexOf('@supports')).replace(/:where\(:root\)/g, ':host') + SHEET);

const board = host => {
  const root = host.attachShadow({ mode: 'open' });
  const frame = document.createElement('div');
  const slot = document.createElement('slot');
  let base = '';          // the board's address, which ends in "/"
  let first = '';         // the address of what is shown at first; none if that is inside the element
  let now = {};           // url, view, status of what is shown
  let home = null;        // what is inside the element, and
  let past = null;        // the list, as they were left
  let last = null;        // which of them it was
  let failed = null;      // what could not be had
  let fetching = null;
  let note = null;
  let timer = 0;
  let typing = false;     // the entry of the history is one that is still being typed
  let life = null;        // ends what listens outside the element

  const find = css => one(css, root);
  const main = () => find('section') || frame;
  const tell = (name, detail) => host.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  const param = () => host.hasAttribute('param') ? host.getAttribute('param') : 'gig';

  const declare = state => {
    if (host.getAttribute('state') !== state) {
      host.setAttribute('state', state);
      tell('gig-state', { state });
    }
  };

  // What of an address is the board's to show here, or nothing.
  const path = url => url.startsWith(base) && OURS.test(url.slice(base.length)) ? url.slice(base.length) : null;

  // Where a visitor came from goes along, as on the board's own pages.
  const whole = url => {
    const full = new URL(url);
    const query = full.searchParams;
    new URLSearchParams(location.search).forEach((value, name) => /^(source|ref|gh_src|lever-source|utm_\w+)$/.test(name)
      && !query.has(name) && query.append(name, value));
    ['source', 'lang'].forEach(name => host.getAttribute(name) && query.set(name, host.getAttribute(name)));
    query.set('format', 'html');
    return full.href;
  };

  // The same address without what whole() adds.
  const plain = url => {
    const full = new URL(url, base);
    full.hash = '';
    [...full.searchParams.keys()].forEach(name => /^(format|lang|source|ref|gh_src|lever-source|utm_\w+)$/.test(name)
      && full.searchParams.delete(name));
    full.search = full.searchParams;
    return full.href;
  };

  const load = async url => {
    if (fetching) {
      fetching.abort();
    }
    const mine = fetching = new AbortController();
    const stop = setTimeout(() => mine.abort(), PATIENCE);
    main().setAttribute('aria-busy', 'true');
    if (!now.view) {
      declare('loading');
    }
    try {
      const answer = await fetch(whole(url), { headers: { Accept: 'text/html' }, signal: mine.signal });
      const page = parse(await answer.text());
      if (fetching !== mine || !one('main', page)) {
        throw new Error(answer.status);
      }
      return { answer, page };
    } catch (error) {
      error.late = fetching !== mine;     // somebody asked something else since
      throw error;
    } finally {
      clearTimeout(stop);
      if (fetching === mine) {
        fetching = null;
        main().removeAttribute('aria-busy');
      }
    }
  };


  // --- a page becomes a part of this one

  // One that no browser can read (a port of 99999) stays: it leads nowhere, but the page is shown.
  const absolute = (address, url) => {
    try {
      return new URL(address, url).href;
    } catch (error) {
      return address;
    }
  };

  const take = (page, url) => {
    const old = one('main', page);
    const section = document.createElement('section');
    ['href', 'src', 'action', 'data-clock'].forEach(name => all(`[${name}]:not([${name}^="#"])`, old)
      .forEach(e => e.setAttribute(name, absolute(e.getAttribute(name), url))));
    all('h1, h2, h3', old).forEach(e => e.setAttribute('aria-level', +e.localName[1] + 1));
    all('[autofocus]', old).forEach(e => e.removeAttribute('autofocus'));
    all('.gig-link a', old).forEach(e => { e.textContent = e.href; });
    section.className = old.className;
    section.append(...old.childNodes);
    return section;
  };

  const kind = section => one('.gig-search', section) ? 'list' : one('.gig-gig, .gig-gone', section) ? 'gig'
    : one('.gig-form', section) ? 'form' : one('.gig-done', section) ? 'receipt' : 'problem';

  const state = () => navigator.onLine === false ? 'offline'
    : now.status === 410 ? 'closed'
      : now.view === 'form' ? 'ready'
        : find('.gig-gig .gig-mark-full') || now.status === 409 ? 'full'
          : now.status >= 400 ? 'error'
            : now.view === 'list' && !find('.gig-card') ? 'empty'
              : find('.gig-stale') ? 'stale' : 'ready';

  const hush = () => {
    if (note) {
      note.remove();
      note = null;
    }
    failed = null;
  };

  // What is read from the element's own sheet has a part of the same name: gig-card is "card".
  const dress = () => all('[class]', frame).forEach(e => e.setAttribute('part', e.getAttribute('class').replace(/gig-/g, '')));

  const settle = (url, status) => {
    const view = kind(main());
    now = { url, view, status };
    dress();
    declare(state());
    // pages hand this to who counts visits: a receipt's address is not for them
    tell('gig-view', { view, gig: (/^[\w-]+/.exec(path(url) || '') || [''])[0], url: path(url) === null ? '' : url });
  };

  const put = (page, answer, url) => {
    const section = take(page, answer.url);
    hush();
    frame.className = one('.gig-page', page).className + ' gig-embedded';
    frame.dir = page.documentElement.dir;
    frame.lang = page.documentElement.lang;
    frame.replaceChildren(...all('.gig-symbols, .gig-stale', page), section);
    frame.hidden = false;
    slot.hidden = true;
    settle(url || plain(answer.url), answer.status);
    return section;
  };

  // Another list in place of one: what is typed stays, with the focus, and what was opened.
  const patch = (page, answer) => {
    const next = take(page, answer.url);
    const old = find('.gig-board');
    const fresh = one('.gig-board', next);
    const focus = root.activeElement;
    const held = focus && old.contains(focus);
    const name = e => e.className + ((e.closest('.gig-facet') || e).firstChild.textContent);
    const open = all('details[open]', old).map(e => e.closest('.gig-facet') ? name(e) : e.className);
    all('details', fresh).forEach(e => { e.open = open.includes(e.closest('.gig-facet') ? name(e) : e.className); });
    find('.gig-kept').replaceWith(one('.gig-kept', next));
    old.replaceWith(fresh);
    settle(plain(answer.url), answer.status);
    if (held) {
      const twin = all(focus.localName, fresh).find(e => e.name === focus.name
        && (focus.localName === 'input' && focus.type !== 'checkbox' || e.value === focus.value && e.textContent === focus.textContent));
      if (twin && twin.matches('input:not([type=checkbox])')) {
        twin.value = focus.value;
      }
      (twin || find('.gig-found')).focus({ preventScroll: true });
    }
    const hint = find('.gig-suggestion');
    find('#gig-said').textContent = find('.gig-count').textContent + (hint ? '. ' + hint.textContent : '');
  };

  // What was left for a gig comes again as it was.
  const back = was => {
    fetching = fetching && fetching.abort();
    hush();
    frame.hidden = was === home;
    slot.hidden = !frame.hidden;
    if (was === home) {
      now = { url: '', view: 'list' };
      declare(was.state);
      tell('gig-view', { view: 'list', gig: '', url: base });
    } else {
      frame.className = was.name;
      frame.replaceChildren(...was.nodes);
      settle(was.url, 200);
    }
    scrollTo(0, was.y);
    if (was.focus && was.focus.isConnected) {
      was.focus.focus({ preventScroll: true });
    }
  };

  const leave = () => {
    if (now.view === 'list') {
      last = slot.hidden ? past = { url: now.url, at: performance.now(), name: frame.className, nodes: [...frame.childNodes] } : home;
      last.y = scrollY;
      last.focus = root.activeElement || document.activeElement;
    }
  };

  const fail = (...what) => {
    const offline = navigator.onLine === false;
    hush();
    failed = what;
    declare(offline ? 'offline' : 'error');
    note = notice(offline ? words(host, 'offline') || 'You are not connected.' : words(host, 'lost') || 'The gigs could not be loaded.',
      now.view ? words(host, 'kept') || 'What you see and what you typed stays.' : '',
      [[words(host, 'again') || 'Try again', () => go(...what)]]);
    frame.classList.add('gig-page', 'gig-embedded');
    frame.hidden = false;
    frame.prepend(note);
    dress();
    if (what[1] !== 'start') {
      note.scrollIntoView({ block: 'nearest' });
    }
  };


  // --- going somewhere

  // The page's own address says what is open, but never a receipt's: whoever has that can withdraw.
  const write = (url, how) => {
    const next = new URL(location);
    if (!param() || url !== first && path(url) === null) {
      return;
    }
    if (url === first) {
      next.searchParams.delete(param());
    } else {
      next.searchParams.set(param(), path(url));
    }
    if (next.href !== location.href) {
      history[how](history.state, '', next);
    }
  };

  const asked = () => {
    const query = new URLSearchParams(location.search);
    const wanted = query.get(query.has(param()) ? param() : 'gh_jid');
    return param() && wanted !== null && OURS.test(wanted) ? plain(base + wanted) : first;
  };

  // how: 'start', 'type' a key, 'form' another control, 'link', or 'back' (or forward) in the history.
  const go = async (url, how) => {
    clearTimeout(timer);
    const was = !url ? home : past && past.url === url && performance.now() - past.at < FRESH && past;
    if (was && (how === 'back' || how === 'home')) {
      if (how === 'home') {
        write(url, 'pushState');
      }
      back(was);
      return;
    }
    try {
      const { answer, page } = await load(url);
      const lists = now.view === 'list' && slot.hidden && one('.gig-board', page);
      if (one('.gig-form script', page)) {
        location.assign(answer.url);      // a challenge runs on the board's own page alone
        return;
      }
      if (!lists) {
        leave();
      }
      if (how !== 'start' && how !== 'back') {
        write(url, how === 'type' && typing ? 'replaceState' : 'pushState');
      }
      typing = how === 'type';
      if (lists && how !== 'back') {
        hush();
        patch(page, answer);
        return;
      }
      const section = put(page, answer);
      start(section, place, true);
      if (how !== 'start') {
        attend(section);
        const top = host.getBoundingClientRect().top;
        if (top < 0 || top > innerHeight / 2) {
          host.scrollIntoView();
        }
      }
    } catch (error) {
      if (!error.late) {
        fail(url, how);
      }
    }
  };

  const more = async url => {
    try {
      const { answer, page } = await load(url);
      const next = take(page, answer.url);
      const cards = all('.gig-card', next);
      const pager = one('.gig-pager', next);
      find('.gig-cards').append(...cards);
      all('.gig-pager a:not([rel=next])', next).forEach(e => e.remove());
      find('.gig-pager').replaceWith(...(pager && one('a', pager) ? [pager] : []));
      dress();
      one('a', cards[0]).focus();
    } catch (error) {
      if (!error.late) {
        fail(url, 'link');
      }
    }
  };

  // For the form, which is in form.js.
  const place = {
    ours: address => address.startsWith(base),
    put: (page, answer) => one('main', page) && put(page, answer, now.url),
    taken(answer, page) {
      const gig = now.url;
      write(gig.replace(/\/apply.*/, ''), 'replaceState');
      attend(put(page, answer));
      host.scrollIntoView();
      tell('gig-sent', { gig: path(gig).replace(/\/.*/, ''), receipt: answer.url });
    },
  };

  const query = form => {
    const given = new URLSearchParams();
    new FormData(form).forEach((value, name) => value.trim() && given.append(name, value.trim()));
    return plain(base + '?' + given);
  };

  const search = e => e.form && e.form.id === 'gig-search' ? e.form : null;

  root.addEventListener('input', ({ target }) => {
    if (search(target) && !target.matches('[type=checkbox], select')) {
      clearTimeout(timer);
      timer = setTimeout(() => target.checkValidity() && go(query(target.form), 'type'), DEBOUNCE);
    }
  });

  root.addEventListener('change', ({ target }) => {
    if (search(target) && target.matches('[type=checkbox], select')) {
      go(query(target.form), 'form');
    }
  });

  root.addEventListener('submit', event => {
    if (event.target.id === 'gig-search') {
      event.preventDefault();
      go(query(event.target), 'form');
      if (event.submitter && event.submitter.closest('.gig-show')) {
        find('.gig-disclosure').open = false;
        find('.gig-found').focus();
      }
    }
  });

  host.addEventListener('click', event => {
    const link = event.composedPath().find(e => e.localName === 'a' && e.href);
    if (!link || link.target || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey
      || event.shiftKey || event.altKey) {
      return;
    }
    const id = link.getAttribute('href');
    if (id[0] === '#' && root.contains(link)) {
      const field = root.getElementById(id.slice(1));
      event.preventDefault();
      (field.matches('input, select, textarea') ? field : one('input, select, textarea', field) || field).focus();
    } else if (path(link.href) !== null) {
      event.preventDefault();
      if (link.rel === 'next') {
        more(link.href);
      } else if (last && path(plain(link.href)) === '' && link.closest('.gig-back')) {
        go(last.url, 'home');
      } else {
        go(plain(link.href), 'link');
      }
    }
  });

  frame.hidden = true;
  root.adoptedStyleSheets = [look];
  root.append(frame, slot);

  return {
    start() {
      tone();
      this.stop();
      life = new AbortController();
      const on = (name, act) => addEventListener(name, act, { signal: life.signal });
      const src = new URL(host.getAttribute('src') || HERE || '', document.baseURI).href;
      base = src.slice(0, src.lastIndexOf('/') + 1);
      first = plain(base + (host.getAttribute('gig') || '?' + (host.getAttribute('query') || '')));
      home = past = last = null;
      now = {};

      on('popstate', () => asked() === now.url || go(asked(), 'back'));
      on('offline', () => declare('offline'));
      on('online', () => failed ? go(...failed) : now.view && declare(slot.hidden ? state() : home.state));

      const inside = one('.gig-fragment', host);
      if (inside && inside.dataset.gigState !== 'error' && !host.getAttribute('gig')) {
        first = '';
        home = { url: first, state: inside.dataset.gigState };
        now = { url: first, view: 'list' };
        declare(home.state);
      } else {
        slot.hidden = !host.children.length;
        frame.className = 'gig-page gig-embedded';
        frame.hidden = !slot.hidden;
      }
      if (!now.view || asked() !== first) {
        go(asked(), 'start');
      }
    },
    stop() {
      if (life) {
        life.abort();
      }
      if (fetching) {
        fetching.abort();
        fetching = null;
      }
    },
  };
};

// Without style sheets of a script's making or mixed tones (before 2023) what is inside the element stays.
if (look && !customElements.get('gig-board')) {
  customElements.define('gig-board', class extends HTMLElement {
    static get observedAttributes() {
      return ['src', 'query', 'gig', 'lang', 'source'];
    }

    connectedCallback() {
      const made = () => {
        if (this.isConnected) {
          this.board = this.board || board(this);
          this.board.start();
        }
      };
      // Its own children may still be on their way.
      if (document.readyState === 'loading') {
        document.addEventListener('DOMContentLoaded', made, { once: true });
      } else {
        made();
      }
    }

    disconnectedCallback() {
      if (this.board) {
        this.board.stop();
      }
    }

    attributeChangedCallback(name, was, is) {
      if (this.board && was !== is && this.isConnected) {
        this.board.start();
      }
    }
  });
}
