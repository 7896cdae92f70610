/*
 * What the form's page (gig_form.js) and the element (embed.js) share, behind which tools/embed
 * puts it: the form where the network is bad and the hour is early.  What is typed is kept in this
 * tab until there is a receipt; a sending that breaks off can be sent again, with the same key, as
 * the same application; a gig that is not open yet counts down by the server's clock.
 *
 * Where it stands is told by `place`:
 *   ours(address)   the form leads to the board, so that its answer can be read
 *   put(page, answer)   what a page (a document) says, in place of what is shown; what of it there is now, or nothing
 *   taken(answer, page)   it was taken: the answer is its receipt, and page its text
 *
 * The words are the server's, as data-say-NAME of the form and the counter, with {1} and {2} for
 * what is put in here.
 */

const REST = 300;             // ms of rest after a key before it is kept
const PATIENCE = 30000;       // ms an answer may take
const PATIENCE_FILES = 600000;    // the same where files go along, on a slow line
const TRIES = 3;              // times one pressing is sent where the server asks to wait a moment
const SOON = 5;               // s that is a moment
const ASLEEP = 30000;         // ms out of sight after which the clock is asked again

const one = (css, root) => (root || document).querySelector(css);
const all = (css, root) => [...(root || document).querySelectorAll(css)];
const rest = ms => new Promise(done => setTimeout(done, ms));
const parse = text => new DOMParser().parseFromString(text, 'text/html');
const loaded = performance.now();

const words = (element, name, ...values) => (element.getAttribute('data-say-' + name) || '')
  .replace(/\{(\d)\}/g, (whole, n) => values[n - 1]);


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
const kept = form => all('[name]', form).filter(e => e.name[0] !== '_'
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

// A word in passing, with what can be done about it.
const notice = (title, text, actions) => {
  const note = document.createElement('div');
  const head = document.createElement('p');
  const strong = document.createElement('strong');
  note.className = 'gig-note';
  note.setAttribute('role', 'status');
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

// Takes the focus to what a page has to tell, and leaves the window where it is.
const attend = root => {
  const told = one('[role=alert]', root) || one('h1', root);
  if (told) {
    told.tabIndex = -1;
    told.focus({ preventScroll: true });
  }
  return told;
};


// --- the form

// fresh: it came by a script, not with the page.
const begin = (form, place, fresh) => {
  const address = form.getAttribute('action');
  const name = address.split('?')[0];     // what is kept is the gig's, however one came to it
  const button = one('[type=submit]', form);
  const key = one('[name=_key]', form);
  let timer = 0;
  let ready = true;           // false before it opens
  let sending = false;
  let sent = null;            // the key it was sent with, as long as nobody knows what became of it
  let note = null;
  let broke = false;          // the last sending broke off

  if (!button || !place.ours(address)) {
    return null;
  }

  const label = button.textContent;
  const came = fresh ? performance.now() : loaded;

  const keep = () => {
    clearTimeout(timer);
    const fields = read(form);
    if (some(fields)) {
      store.put(name, { fields, key: sent });
    } else {
      store.drop(name);
    }
  };

  const forget = () => {
    clearTimeout(timer);
    store.drop(name);
  };

  const say = (...what) => {
    hush();
    note = notice(...what);
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
    button.textContent = sending ? words(form, 'sending')
      : broke ? words(form, 'again') : label;
    form.setAttribute('aria-busy', String(sending));
  };

  // A page that comes with answers is newer than what is kept; the key is its own.
  const draft = store.get(name);

  if (draft && draft.fields && !form.hasAttribute('data-again')) {
    write(form, draft.fields);
    if (draft.key) {
      key.value = sent = draft.key;
    }
    if (some(draft.fields)) {
      form.parentNode.insertBefore(say(words(form, 'here'), sent
        ? words(form, 'sent')
        : words(form, 'kept'),
      [[words(form, 'empty'), () => {
        const fresh = key.defaultValue;
        forget();
        HTMLFormElement.prototype.reset.call(form);
        sent = null;
        key.value = fresh;
        hush();
        form.scrollIntoView();
      }]]), form);
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(keep, REST);
  });
  form.addEventListener('change', keep);

  // The element takes forms away again; what the window calls must not keep them.
  const hear = (name, act) => {
    const heard = () => (form.isConnected ? act() : removeEventListener(name, heard));
    addEventListener(name, heard);
  };
  hear('pagehide', () => timer && keep());

  const body = () => {
    const data = new FormData(form);
    return one('[type=file]', form) ? data : new URLSearchParams(data);
  };

  const ask = async () => {
    const call = new AbortController();
    const large = all('[type=file]', form).some(e => e.files.length);
    const stop = setTimeout(() => call.abort(), large ? PATIENCE_FILES : PATIENCE);
    try {
      const answer = await fetch(address, { method: 'POST', body: body(),
        headers: { Accept: 'text/html' }, signal: call.signal });
      return { answer, page: parse(await answer.text()) };
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
      const least = Number(form.getAttribute('data-wait')) * 1000;
      const wait = least + 500 - (performance.now() - came);
      if (least && wait > 0) {
        await rest(wait);
      }
      const { answer, page } = await post();
      if (answer.redirected && answer.ok) {
        forget();
        place.taken(answer, page);
        return;
      }
      if (show(page, answer)) {
        return;
      }
      refused = answer.status;
    } catch (e) { /* no connection, or no answer in time */ }

    sending = false;
    broke = true;
    look();
    const online = navigator.onLine !== false;
    button.before(say(refused ? words(form, 'refused', refused)
      : online ? words(form, 'silent') : words(form, 'offline'),
    words(form, 'retry')));
    note.scrollIntoView({ block: 'nearest' });
  };

  // The form with what is wrong, or a page that says why not: put in place of this one.
  const show = (page, answer) => {
    const files = all('[type=file]', form).filter(e => e.files.length);
    all('[autofocus]', page).forEach(e => e.removeAttribute('autofocus'));
    const main = place.put(page, answer);
    if (!main) {
      return false;
    }
    const next = one('.gig-form', main);
    if (next) {
      files.forEach(e => {
        const twin = next.elements[e.name];
        if (twin && twin.type === 'file') {
          twin.files = e.files;
        }
      });
      // Only where nothing is known (503) may the same key have been taken.
      const now = start(main, place, true);
      if (now) {
        now.resume(answer.status === 503 ? sent : null);
      }
    }
    attend(main);
    return true;
  };

  form.addEventListener('submit', event => {
    event.preventDefault();
    send();
  });

  hear('online', () => {
    if (note && broke) {
      button.before(say(words(form, 'online'),
        words(form, 'online-retry')));
    }
  });

  return {
    resume(used) { sent = used; keep(); },
    open(is) { ready = is; look(); },
  };
};
