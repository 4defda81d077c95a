import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import type { Check } from '#lib/model/check.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import { sourceOf } from '../../scripts/docs/check-page.ts';
import { checkPages } from '../../scripts/docs/check-pages.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = checkPages();

describe('pages under docs/checks', () => {
  test.each([...pages])('%s is what `npm run docs` writes', async (name, text) => {
    const path = join(root, 'docs', 'checks', name);
    expect(existsSync(path), `docs/checks/${name} is missing: npm run docs`).toBe(true);
    expect(await readFile(path, 'utf8'), `docs/checks/${name} is stale: npm run docs`).toBe(text);
  });

  test('there is none of a check that is gone', async () => {
    expect((await readdir(join(root, 'docs', 'checks'))).sort()).toEqual([...pages.keys()].sort());
  });
});

/** A file under lib/checks that exports `check` is a check; others help one. */
async function checkFiles(): Promise<readonly string[]> {
  const paths = (await readdir(join(root, 'lib', 'checks'), { recursive: true })).filter((path) => path.endsWith('.ts'));
  const files = paths.map((path) => join('lib', 'checks', path));
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  return files.filter((_file, at) => /^export const check\b/m.test(texts[at] ?? ''));
}

test('every check has its line in the registry, once, and its id and area are its path', async () => {
  expect(CHECKS.map(sourceOf).sort()).toEqual([...(await checkFiles())].sort());
});

test('every remediation that a check names says what a person does, and no other is told', () => {
  expect([...new Set(CHECKS.flatMap(({ remediations }) => remediations))].sort()).toEqual(Object.keys(REMEDIES).sort());
});

describe.each(CHECKS.map((check) => [check.id, check] as const))('%s', (_id, check) => {
  test('has a test', () => {
    const path = `test/checks/${check.area}/${check.id}.test.ts`;
    expect(existsSync(join(root, path)), `${path} is missing`).toBe(true);
  });

  test('says how its verdict falls, what its evidence is and where its rule comes from', () => {
    const { question, verdicts, evidence, sources } = check.docs;
    expect(question).toMatch(/\?/);
    expect(verdicts[check.severity]).toBeTruthy();
    expect(Object.keys(evidence)).not.toEqual([]);
    expect(sources).not.toEqual([]);
  });

  test('has a default and a description for every option', () => {
    expect(undocumentedOptions(check)).toEqual([]);
  });

  test('names its metrics as CloudWatch does', () => {
    for (const { name } of check.metrics) expect(name).toMatch(/^([A-Z][a-z0-9]*)+$/);
  });
});

function undocumentedOptions({ options }: Check): readonly string[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  return Object.entries(properties)
    .filter(([, schema]) => typeof schema === 'boolean' || schema.default === undefined || !schema.description)
    .map(([name]) => name);
}

test('no two checks emit a metric of one name', () => {
  const names = CHECKS.flatMap(({ metrics }) => metrics.map(({ name }) => name));
  expect(names).toEqual([...new Set(names)]);
});
