/*
 * The form's page, and what goes before and after it: form.js and counter.js come in front of
 * this.  Everything works without it, but then the browser says what it says when a network is gone.
 */

const page = {
  ours: address => new URL(address, location).origin === location.origin,

  put(now) {
    const main = one('main', now);
    if (main) {
      document.title = now.title;
      one('main').replaceWith(main);
      scrollTo(0, 0);
    }
    return main;
  },

  taken: answer => location.assign(answer.url),
};

// A receipt: nothing has to be kept of what led to it.
const received = one('meta[name=gig-received]');
if (received) {
  store.drop(received.content);
}

start(document, page);
