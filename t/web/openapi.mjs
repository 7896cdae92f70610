/*
 * openapi.json by validators that somebody else wrote: the whole document by the OpenAPI
 * Initiative's own schema of 3.1, and JSON Schema as ajv reads it, against what our checker in Perl
 * says of the same samples.  base: the board; samples: a file of [what it is about, schema, value, 1
 * if we take it]; a schema that is a text is the name of one in the document.
 */

import fs from 'node:fs';
import { arg, done, ok, use } from './tap.mjs';

const answer = await fetch(arg.base + 'openapi.json');
const document = await answer.json();

const { Validator } = await use('@seriousme/openapi-schema-validator');
const says = async specification => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(specification));
  return { valid: result.valid, errors: JSON.stringify(result.errors ?? null), version: validator.version };
};
const whole = await says(document);
ok(whole.valid && whole.version === '3.1', 'a valid document of OpenAPI 3.1', whole.errors);

const broken = {
  'without info': d => delete d.info,
  'an operation without responses and with a wrong tag': d => { d.paths['/'].get.tags = 'gigs'; },
  'a parameter that is nowhere': d => { d.paths['/'].get.parameters[0] = { name: 'q' }; },
  'a reference that leads nowhere': d => { d.paths['/'].get.responses['200'] = { $ref: '#/components/responses/None' }; }
};
for (const [name, change] of Object.entries(broken)) {
  const copy = structuredClone(document);
  change(copy);
  const result = await says(copy).catch(error => ({ valid: false, errors: `${error}` }));
  ok(!result.valid, `is not: ${name}`);
}

const Ajv = await use('ajv/dist/2020.js');
const formats = await use('ajv-formats');
const ajv = new Ajv({ strict: false, allErrors: false });
formats(ajv);
ajv.addSchema(document, 'openapi.json', false, false);

const bad = { unread: [] };
for (const name of Object.keys(document.components.schemas)) {
  try { ajv.getSchema(`openapi.json#/components/schemas/${name}`); } catch (error) { bad.unread.push(`${name}: ${error}`); }
}
ok(!bad.unread.length, `ajv reads all ${Object.keys(document.components.schemas).length} schemas`, bad.unread);

/* strict, for what a schema may not have: a keyword that is none, a type that a keyword is not of */
const strict = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
formats(strict);
strict.addVocabulary(['example']);
const schemas = JSON.parse(JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', 'all#/'));
const said = [];
for (const [name, schema] of Object.entries(schemas)) {
  try { strict.compile(JSON.parse(JSON.stringify(schema).replace(/\{"\$ref":"all#\/[^"]*"/g, '{"title":"elsewhere"'))); } catch (error) { said.push(`${name}: ${error.message}`); }
}
ok(!said.length, 'and has nothing to say against them, strictly', said);

const samples = JSON.parse(fs.readFileSync(arg.samples, 'utf8'));
const groups = new Map();
for (const [about, schema, value, ours] of samples) {
  const group = groups.get(about) ?? { n: 0, taken: 0, differ: [] };
  groups.set(about, group);
  const check = typeof schema === 'string' ? ajv.getSchema(`openapi.json#/components/schemas/${schema}`) : ajv.compile(schema);
  const theirs = check(value);
  group.n++;
  group.taken += theirs ? 1 : 0;
  if (theirs !== !!ours) {
    group.differ.push(`${JSON.stringify(schema)} ${theirs ? 'takes' : 'refuses'} ${JSON.stringify(value)} ${theirs ? '' : ajv.errorsText(check.errors)}`);
  }
}
for (const [about, group] of groups) {
  ok(!group.differ.length, `${about}: ajv takes and refuses what we do: ${group.taken} and ${group.n - group.taken}`, group.differ.slice(0, 5));
}
ok(samples.length >= 400, `${samples.length} samples`);

done();
