/*
 * The counter of a gig that is not open yet, for the pages and for the element; behind form.js.
 * fresh: the counter came by a script, not with the page.
 */

const count = (counter, form, root, fresh) => {
  const lang = (counter.closest('[lang]') || document.documentElement).lang || undefined;
  const says = (name, ...values) => words(counter, name, ...values);

  // data-say-days-one and so on, by the number's category in the page's language (CLDR).
  const remaining = ms => {
    const s = Math.max(0, Math.ceil(ms / 1000));
    const d = Math.floor(s / 86400), h = Math.floor(s % 86400 / 3600), m = Math.floor(s % 3600 / 60);
    return d ? says('days-' + new Intl.PluralRules(lang).select(d), d, h) || says('days-other', d, h)
      : h ? says('hours', h, m) : m ? says('minutes', m, s % 60) : says('seconds', s);
  };

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
    offset = Number(counter.dataset.now) - (page && !fresh ? page.responseStart : performance.now());
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
    time.textContent = says('now');
    zone.textContent = '';
    say(says('said'));
    counter.classList.add('gig-counter-open');
    document.removeEventListener('visibilitychange', wake);
    if (form) {
      form.open(true);
    } else {
      const link = one('.gig-action-still a', root);
      if (link) {
        link.textContent = says('apply');
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
    time.textContent = says('in', remaining(left));
    const s = Math.ceil(left / 1000);
    for (const mark of [600, 60, 10]) {
      if (s <= mark && told > mark) {
        told = mark;
        if (s > mark - 5) {
          say(says(String(mark)));
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
    if (!counter.isConnected) {
      document.removeEventListener('visibilitychange', wake);
    } else if (document.visibilityState === 'hidden') {
      hidden = Date.now();
    } else if (Date.now() - hidden > ASLEEP) {
      ask();
    } else {
      tick();
    }
  };

  document.addEventListener('visibilitychange', wake);

  const day = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };
  zone.textContent = says('zone', new Intl.DateTimeFormat(lang, day).format(opens));
  if (form) {
    form.open(false);
  }
  tick();
  if (offset === null) {
    ask();
  }
};

// Brings to life what of a form or a counter is in root.
const start = (root, place, fresh) => {
  const element = one('.gig-form', root);
  const form = element && begin(element, place, fresh);
  const counter = one('.gig-counter', root);
  if (counter) {
    count(counter, form, root, fresh);
  }
  return form;
};
