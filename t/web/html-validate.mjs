/*
 * html-validate's recommended rules over pages, as they come over the wire.  pages: [{name, file}];
 * fragment: 1 where it is a piece of somebody else's page.
 */

import fs from 'node:fs';
import { arg, done, ok, use } from './tap.mjs';

const { HtmlValidate } = await use('html-validate');

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    // How it is written, not what it says; the pages have one style of their own.
    'void-style': 'off', 'attr-quotes': 'off', 'attribute-boolean-style': 'off', 'attribute-empty-style': 'off', 'no-trailing-whitespace': 'off',
    // Boxes of one name are one question of which many answers may be right; a list may have a name (ARIA 1.2).
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }], 'aria-label-misuse': ['error', { allowAnyNamable: true }],
    'doctype-style': 'off', 'long-title': 'off', 'no-inline-style': 'error'
  }
});

for (const { name, file, fragment } of arg.pages) {
  const html = fs.readFileSync(file, 'utf8');
  const report = await validator.validateString(html, `${name}.html`);
  const told = report.results.flatMap(r => r.messages).map(m => `${m.ruleId}, line ${m.line}, ${m.selector}: ${m.message}`);
  ok(report.valid && told.length === 0, `${name}: html-validate finds nothing`, told.slice(0, 8));
  ok(html.length > (fragment ? 200 : 1000), `${name}: in ${html.length} characters`);
}

// One that is wrong is seen.
const bad = await validator.validateString('<!doctype html><html lang="en"><head><title>x</title></head><body><p id="a">x<p id="a"><img src="x"></body></html>');
ok(!bad.valid, 'a page with mistakes is seen');

done();
