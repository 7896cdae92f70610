/*
 * The form where the network is bad and the hour is early.  What is typed is kept in this
 * tab until there is a receipt; a sending that breaks off can be sent again, with the same
 * key, as the same application; a gig that is not open yet counts down by the server's clock.
 * Everything works without it, but then the browser says what it says when a network is gone.
 */
(() => {
  'use strict';

  const REST = 300;             // ms of rest after a key before it is kept
  const PATIENCE = 30000;       // ms an answer may take
  const PATIENCE_FILES = 600000;    // the same where files go along, on a slow line
  const TRIES = 3;              // times one pressing is sent where the server asks to wait a moment
  const SOON = 5;               // s that is a moment
  const ASLEEP = 30000;         // ms out of sight after which the clock is asked again

  const one = (css, root) => (root || document).querySelector(css);
  const all = (css, root) => [...(root || document).querySelectorAll(css)];
  const rest = ms => new Promise(done => setTimeout(done, ms));
  const loaded = performance.now();


  // --- what was typed, in this tab alone: never in localStorage, which outlives the reader

  const store = {
    name: address => 'gig-draft:' + address,
    get(address) {
      try {
        return JSON.parse(sessionStorage.getItem(store.name(address)));
      } catch (e) {
        return null;
      }
    },
    put(address, draft) {
      try {
        sessionStorage.setItem(store.name(address), JSON.stringify(draft));
      } catch (e) { /* full, or forbidden: then there is no draft */ }
    },
    drop(address) {
      try {
        sessionStorage.removeItem(store.name(address));
      } catch (e) { /* likewise */ }
    },
  };

  // An agreement is given anew; what is hidden or a file is not the reader's to type.
  const kept = form => [...form.elements].filter(e => e.name && e.name[0] !== '_'
    && !e.matches('[type=hidden], [type=file], [type=password], button')
    && !e.closest('.gig-trap, .gig-consent, [data-no-draft]'));

  const box = e => e.type === 'checkbox' || e.type === 'radio';

  const read = form => {
    const fields = {};
    kept(form).forEach(e => {
      if (box(e)) {
        fields[e.name] = (fields[e.name] || []).concat(e.checked ? [e.value] : []);
      } else {
        fields[e.name] = [e.value];
      }
    });
    return fields;
  };

  const write = (form, fields) => kept(form).forEach(e => {
    const values = fields[e.name];
    if (!values) {
      return;
    }
    if (box(e)) {
      e.checked = values.includes(e.value);
    } else {
      e.value = values[0];
    }
  });

  const some = fields => Object.values(fields).some(v => v.some(s => s.trim()));


  // --- the form

  const begin = form => {
    const address = form.getAttribute('action');
    const place = address.split('?')[0];     // what is kept is the gig's, however one came to it
    const button = one('[type=submit]', form);
    const key = form.elements._key;
    let timer = 0;
    let ready = true;           // false before it opens
    let sending = false;
    let sent = null;            // the key it was sent with, as long as nobody knows what became of it
    let note = null;
    let broke = false;          // the last sending broke off

    if (!button || new URL(address, location).origin !== location.origin) {
      return null;
    }

    const label = button.textContent;

    const keep = () => {
      clearTimeout(timer);
      const fields = read(form);
      if (some(fields)) {
        store.put(place, { fields, key: sent });
      } else {
        store.drop(place);
      }
    };

    const forget = () => {
      clearTimeout(timer);
      store.drop(place);
    };

    const say = (title, text, actions) => {
      hush();
      note = document.createElement('div');
      note.className = 'gig-note';
      note.setAttribute('role', 'status');
      const head = document.createElement('p');
      const strong = document.createElement('strong');
      strong.textContent = title;
      head.append(strong, ' ', text);
      note.append(head);
      (actions || []).forEach(([name, act]) => {
        const b = document.createElement('button');
        b.type = 'button';
        b.className = 'gig-button gig-button-quiet';
        b.textContent = name;
        b.addEventListener('click', act);
        note.append(b);
      });
      return note;
    };

    const hush = () => {
      if (note) {
        note.remove();
        note = null;
      }
    };

    const look = () => {
      button.disabled = !ready;
      button.setAttribute('aria-disabled', String(!ready || sending));
      button.textContent = sending ? 'Sending\u2026' : broke ? 'Send again' : label;
      form.setAttribute('aria-busy', String(sending));
    };

    // A page that comes with answers is newer than what is kept; the key is its own.
    const draft = store.get(place);

    if (draft && draft.fields && !form.hasAttribute('data-again')) {
      write(form, draft.fields);
      if (draft.key) {
        key.value = sent = draft.key;
      }
      if (some(draft.fields)) {
        form.before(say('What you typed is still here.', sent
          ? 'It was sent, but no answer came back. Send it once more: it is taken only once.'
          : 'It is kept in this tab until you send it.',
        [['Start with an empty form', () => {
          const fresh = key.defaultValue;
          forget();
          form.reset();
          sent = null;
          key.value = fresh;
          hush();
          form.elements[0].closest('form').scrollIntoView();
        }]]));
      }
    }

    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(keep, REST);
    });
    form.addEventListener('change', keep);
    addEventListener('pagehide', () => form.isConnected && timer && keep());

    const body = () => {
      const data = new FormData(form);
      return form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data);
    };

    const ask = async () => {
      const call = new AbortController();
      const large = all('[type=file]', form).some(e => e.files.length);
      const stop = setTimeout(() => call.abort(), large ? PATIENCE_FILES : PATIENCE);
      try {
        const answer = await fetch(address, { method: 'POST', body: body(),
          headers: { Accept: 'text/html' }, signal: call.signal });
        return { answer, page: await answer.text() };
      } finally {
        clearTimeout(stop);
      }
    };

    // As often as the server asks to wait a moment; the key is the same, so it is one application.
    const post = async () => {
      for (let n = 1; ; n++) {
        const got = await ask();
        const wait = Number(got.answer.headers.get('Retry-After'));
        if (n === TRIES || ![403, 409, 422].includes(got.answer.status) || !(wait > 0 && wait <= SOON)) {
          return got;
        }
        await rest(wait * 1000);
      }
    };

    const send = async () => {
      if (sending || !ready) {
        return;
      }
      sending = true;
      broke = false;
      sent = key.value;
      keep();
      hush();
      look();

      let refused = 0;

      try {
        // The form's token has to be so many seconds old.
        const wait = Number(form.dataset.wait) * 1000 + 500 - (performance.now() - loaded);
        if (Number(form.dataset.wait) && wait > 0) {
          await rest(wait);
        }
        const { answer, page } = await post();
        if (answer.redirected && answer.ok) {
          forget();
          location.assign(answer.url);
          return;
        }
        if (show(page, answer.status)) {
          return;
        }
        refused = answer.status;
      } catch (e) { /* no connection, or no answer in time */ }

      sending = false;
      broke = true;
      look();
      const online = navigator.onLine !== false;
      button.before(say(refused ? `The server did not take it yet (${refused}).`
        : online ? 'No answer came back.' : 'You are not connected.',
        'All that you typed is kept in this tab, also if the page is loaded again. Send it again when you have'
        + ' a connection: if it did arrive, it is not taken twice.'));
      note.scrollIntoView({ block: 'nearest' });
    };

    // The form with what is wrong, or a page that says why not: put in place of this one.
    const show = (text, status) => {
      const page = new DOMParser().parseFromString(text, 'text/html');
      const main = one('main', page);
      if (!main) {
        return false;
      }
      const files = all('[type=file]', form).filter(e => e.files.length);
      document.title = page.title;
      all('[autofocus]', main).forEach(e => e.removeAttribute('autofocus'));
      one('main').replaceWith(main);
      const next = one('.gig-form', main);
      if (next) {
        files.forEach(e => {
          const twin = next.elements[e.name];
          if (twin && twin.type === 'file') {
            twin.files = e.files;
          }
        });
        // Only where nothing is known (503) may the same key have been taken.
        const now = start(main);
        if (now) {
          now.resume(status === 503 ? sent : null);
        }
      }
      scrollTo(0, 0);
      const told = one('[role=alert]', main) || one('h1', main);
      if (told) {
        told.tabIndex = -1;
        told.focus({ preventScroll: true });
      }
      return true;
    };

    form.addEventListener('submit', event => {
      event.preventDefault();
      send();
    });

    addEventListener('online', () => {
      if (note && broke) {
        button.before(say('You are connected again.', 'All that you typed is kept. Send it again: if it did'
          + ' arrive, it is not taken twice.'));
      }
    });

    return {
      resume(used) { sent = used; keep(); },
      open(is) { ready = is; look(); },
    };
  };


  // --- the counter

  const ticks = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

  const words = ms => {
    const s = Math.max(0, Math.ceil(ms / 1000));
    const d = Math.floor(s / 86400), h = Math.floor(s % 86400 / 3600), m = Math.floor(s % 3600 / 60);
    return d ? `${ticks(d, 'day')} ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min ${s % 60} s` : `${s} s`;
  };

  const count = (counter, form) => {
    const opens = Number(counter.dataset.opens);
    const time = one('[role=timer]', counter);
    const zone = one('.gig-counter-zone', counter);
    const status = one('[role=status]', counter);
    let offset = null;          // server's time less performance.now(); null: not known
    let told = Infinity;        // s: what was said last
    let hidden = 0;
    let asked = false;
    let timer = 0;

    // When the page came, the server's clock stood there: at worst we are late by the way it took.
    if (counter.dataset.now) {
      const page = performance.getEntriesByType('navigation')[0];
      offset = Number(counter.dataset.now) - (page && !counter.dataset.fresh ? page.responseStart : performance.now());
    }

    // The Date of an answer that is never kept, to the second: what we believe is put within it.
    const ask = async () => {
      try {
        const before = performance.now();
        const answer = await fetch(counter.dataset.clock, { method: 'HEAD', cache: 'no-store' });
        const date = Date.parse(answer.headers.get('Date'));
        if (!date) {
          return;
        }
        const least = date - performance.now();
        const most = date + 999 - before;
        offset = offset === null ? least : Math.min(Math.max(offset, least), most);
        tick();
      } catch (e) { /* no connection: what we believed stands */ }
    };

    const say = text => { status.textContent = text; };

    const open = () => {
      time.textContent = 'Open now';
      zone.textContent = '';
      say('This gig is open now.');
      counter.classList.add('gig-counter-open');
      document.removeEventListener('visibilitychange', wake);
      if (form) {
        form.open(true);
      } else {
        const link = one('.gig-action-still a');
        if (link) {
          link.textContent = 'Apply';
          link.classList.remove('gig-button-quiet');
        }
      }
    };

    const tick = () => {
      clearTimeout(timer);
      if (offset === null || !counter.isConnected) {
        return;
      }
      const left = opens - offset - performance.now();
      if (left <= 0) {
        open();
        return;
      }
      time.textContent = 'Opens in ' + words(left);
      const s = Math.ceil(left / 1000);
      for (const mark of [600, 60, 10]) {
        if (s <= mark && told > mark) {
          told = mark;
          if (s > mark - 5) {
            say('Opens in ' + (mark < 60 ? ticks(mark, 'second') : ticks(mark / 60, 'minute')) + '.');
          }
        }
      }
      // Once more before it counts, but not all who wait in the same second.
      if (s <= 45 && s > 10 && !asked) {
        asked = true;
        setTimeout(ask, Math.random() * 20000);
      }
      timer = setTimeout(tick, left % 1000 + 5);
    };

    const wake = () => {
      if (document.visibilityState === 'hidden') {
        hidden = Date.now();
      } else if (Date.now() - hidden > ASLEEP) {
        ask();
      } else {
        tick();
      }
    };

    document.addEventListener('visibilitychange', wake);

    const day = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };
    zone.textContent = 'For you: ' + new Intl.DateTimeFormat(undefined, day).format(opens);
    if (form) {
      form.open(false);
    }
    tick();
    if (offset === null) {
      ask();
    }
  };


  const start = root => {
    const element = one('.gig-form', root);
    const form = element && begin(element);
    const counter = one('.gig-counter', root);
    if (counter) {
      if (root !== document) {
        counter.dataset.fresh = '1';
      }
      count(counter, form);
    }
    return form;
  };

  // A receipt: nothing has to be kept of what led to it.
  const received = one('meta[name=gig-received]');
  if (received) {
    store.drop(received.content);
  }

  start(document);
})();
