/*
 * Clients of other job boards' APIs, as their authors publish them, on a board of ours; what is changed
 * is the host and nothing else.  base: our server; tls: the port where it has a certificate for lever's
 * host; ids: of all open gigs, newest first; evil: the first one's title.
 */

import net from 'node:net';
import { arg, done, ok, use } from './tap.mjs';

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* greenhouse-jobboard-js: the host is a static of its class, and who uses it brings the fetching */

const { JobBoardClientV1 } = await use('greenhouse-jobboard-js');
JobBoardClientV1.baseURL = JobBoardClientV1.baseURL.replace('https://boards-api.greenhouse.io', arg.base);
ok(JobBoardClientV1.baseURL === arg.base + '/v1', 'greenhouse-jobboard-js: only the host is changed', JobBoardClientV1.baseURL);

const greenhouse = new JobBoardClientV1({ boardToken: 'acme', client: { get: async url => (await fetch(url)).json() } });
const jobs = await greenhouse.getJobList();
ok(same(jobs.map(j => j.requisition_id), arg.ids), 'it lists the board', JSON.stringify(jobs));
ok(jobs.every(j => Number.isSafeInteger(j.id) && typeof j.location.name === 'string' && j.absolute_url.startsWith(arg.public) && !isNaN(Date.parse(j.updated_at))),
  'each with a number, a place, an address and a time');
ok(jobs[0].title === arg.evil, 'a title with markup in it', jobs[0].title);

const full = await greenhouse.getJobListWithContent();
const unescape = text => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
const html = unescape(full[0].content);
ok(html.includes('<p>Scan &amp; sum</p>') && !html.includes('<script'), 'with content that is HTML once it is unescaped', full[0].content);
ok(full[0].departments[0].name === 'R & D' && full[0].departments[0].parent_id === null, 'and departments', JSON.stringify(full[0].departments));

const one = await greenhouse.getJob(jobs[0].id);
ok(one.requisition_id === arg.ids[0] && one.content === full[0].content, 'one job by its number');
const asked = await greenhouse.getJobWithQuestions(jobs[0].id);
ok(same(asked.questions.flatMap(q => q.fields.map(f => f.name)).slice(0, 3), ['first_name', 'last_name', 'email']), 'with its questions', JSON.stringify(asked.questions));
ok((await greenhouse.getJob(1)).status === 404, 'one that is not there');

const departments = await greenhouse.getDepartmentList();
ok(same(departments.map(d => d.name).sort(), ['Marketing', 'R & D']), 'departments', JSON.stringify(departments.map(d => d.name)));
ok(departments.reduce((n, d) => n + d.jobs.length, 0) === arg.ids.length, 'with all jobs');
ok((await greenhouse.getDepartmentTree()).every(d => same(d.children, [])), 'as a tree');
const research = departments.find(d => d.name === 'R & D');
ok((await greenhouse.getDepartmentAsListItem(research.id)).jobs[0].id === jobs[0].id, 'one department');

/*
 * gatsby-source-lever: the host is a literal, so it is changed where names are resolved: a proxy that
 * leads that host to our server, and only that.  TLS is between the client and nginx.
 */

const asked_for = [];
const proxy = net.createServer(client => {
  client.once('data', head => {
    const host = /^CONNECT (\S+) /.exec(head)?.[1];
    asked_for.push(host);
    if (host !== 'api.lever.co:443') {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const server = net.connect(arg.tls, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
});
await new Promise(listening => proxy.listen(0, '127.0.0.1', listening));
process.env.HTTPS_PROXY = process.env.https_proxy = `http://127.0.0.1:${proxy.address().port}`;
process.env.NO_PROXY = process.env.no_proxy = '';

const { sourceNodes } = await use('gatsby-source-lever/gatsby-node.js');
const nodes = [];
await sourceNodes({ actions: { createNode: node => nodes.push(node) }, createNodeId: id => `node-${id}`, createContentDigest: node => JSON.stringify(node) }, { site: 'acme' });
proxy.close();

ok(same(asked_for, ['api.lever.co:443']), 'gatsby-source-lever: asks the host it knows', JSON.stringify(asked_for));
ok(same(nodes.map(n => n.lever_id), arg.ids), 'it lists the board', JSON.stringify(nodes.map(n => n.lever_id)));
ok(nodes[0].text === arg.evil && nodes[0].createdAt === '2026-02-01T00:00:00.000Z', 'with title and time', `${nodes[0].text} ${nodes[0].createdAt}`);
ok(nodes.every(n => n.hostedUrl.startsWith(arg.public) && n.applyUrl === `${arg.public}${n.lever_id}/apply` && typeof n.descriptionPlain === 'string'),
  'addresses and texts');
ok(nodes[0].categories.department === 'R & D' && nodes[0].categories.location === 'Remote - United States', 'categories', JSON.stringify(nodes[0].categories));
ok(same(nodes[0].lists, [{ text: 'What you hand in', content: '<li>A &lt;sheet&gt;</li>' }]), 'and lists', JSON.stringify(nodes[0].lists));

done();
