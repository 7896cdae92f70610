/* What the scripts of t/web share: the argument, TAP, packages, and Debian's Chromium. */

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.env.GIG_NPM, 'package.json'));

let made = 0;

/** What GigTest::Node::run() was given. */
export const arg = JSON.parse(process.argv[2]);

/** One test; detail: lines that say what is wrong, shown if it fails. */
export function ok(pass, name, detail = []) {
  made++;
  console.log(`${pass ? 'ok' : 'not ok'} - ${name}`);
  if (!pass) {
    [].concat(detail).join('\n').split('\n').forEach(line => console.log('# ' + line));
  }
  return pass;
}

/** The last thing a script does: without it the run has failed. */
export function done() {
  console.log(`1..${made}`);
}

/** A package of t/web/package.json, whether it is a module or CommonJS. */
export async function use(name) {
  const all = await import(pathToFileURL(require.resolve(name)).href);
  return all.default ?? all;
}

/** The text of a file of a package. */
export function text(name) {
  return fs.readFileSync(require.resolve(name), 'utf8');
}

/**
 * Opens a state of GigTest::Pages: {url}, or the answer to a post {url, status, html}, which is put
 * in place of the server's, with its style sheet and scripts from there.
 */
export async function visit(page, { url, status, html }) {
  if (html === undefined) {
    return (await page.goto(url)).status();
  }
  await page.route(url, route => route.fulfill({ status, contentType: 'text/html; charset=utf-8', body: html }));
  const answer = await page.goto(url);
  await page.unroute(url);
  return answer.status();
}

/** Chromium, which the caller closes; its files are in the test's folder. */
export async function chromium() {
  const playwright = await use('playwright-core');
  return playwright.chromium.launch({
    executablePath: '/usr/bin/chromium',
    env: { ...process.env, TMPDIR: arg.dir },
    args: ['--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ...(process.getuid() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : [])]
  });
}
