/*
 * Readers of feeds, sitemaps and calendars that somebody else wrote, on what a board answers.
 * base: the board as this test reaches it; public: its public_url, which is what its outputs name;
 * ids: of all open gigs, newest first.
 */

import { arg, done, ok, use } from './tap.mjs';

const get = async name => {
  const answer = await fetch(arg.base + name);
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* rss-parser */

const Parser = await use('rss-parser');
const parser = new Parser();
const atom = await parser.parseString((await get('feed.atom?limit=100')).text);
ok(atom.title === arg.title, 'rss-parser: the title', atom.title);
ok(same(atom.items.map(i => i.id.split('/').pop()), arg.ids), 'all gigs, newest first', JSON.stringify(atom.items.map(i => i.id)));
ok(atom.items.every(i => i.link.startsWith(arg.public) && i.title && i.content && !isNaN(Date.parse(i.isoDate))),
  'each with its address, title, text and time');
const evil = atom.items.find(i => i.id.endsWith('/evil'));
ok(evil.title === arg.evil, 'a title with markup in it', evil.title);
ok(evil.content.includes('<li>A &lt;sheet&gt;</li>') && !evil.content.includes('<script'), 'is text, and so is what is handed in', evil.content);

/* sitemapper, which fetches by itself: the addresses of the sitemap are public ones */

const Sitemapper = await use('sitemapper');
const map = await new Sitemapper({ url: arg.base + 'sitemap.xml', timeout: 10000 }).fetch();
ok(same(map.errors, []), 'sitemapper: no error', JSON.stringify(map.errors));
ok(map.sites[0] === arg.public && map.sites.length === arg.indexed + 1, 'the list and every gig', JSON.stringify(map.sites));
ok(map.sites.every(s => s.startsWith(arg.public)) && new Set(map.sites).size === map.sites.length, 'each once');

/* ical.js */

const ical = await use('ical.js');
for (const [name, at, before] of arg.calendars) {
  const event = new ical.Component(ical.parse((await get(name)).text)).getFirstSubcomponent('vevent');
  const uid = event.getFirstPropertyValue('uid');
  ok(/^(opens|closing)-[\w-]+@[\w.]+$/.test(uid), `ical.js: ${name}: an event with an id`, uid);
  const when = event.getFirstPropertyValue(name.endsWith('opens.ics') ? 'dtstart' : 'dtend');
  ok(when.toUnixTime() === at, 'at that time', `${when}`);
  ok(event.getFirstPropertyValue('summary').endsWith(arg.evil), 'with a title that is not cut', event.getFirstPropertyValue('summary'));
  const alarm = event.getFirstSubcomponent('valarm').getFirstPropertyValue('trigger');
  ok(alarm.toSeconds() === -before, 'and an alarm before it', `${alarm}`);
}

done();
