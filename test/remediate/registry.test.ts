import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import { REMEDIATIONS as CONFIGURABLE } from '#lib/config/remediations.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import { REMEDIATIONS } from '#lib/remediate/index.ts';

const root = join(import.meta.dirname, '..', '..');

test('every file that declares a remediation has its line in the registry, under its own name', async () => {
  const folder = join(root, 'lib', 'remediate');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const declared = files.filter((_file, at) => /^export const remediation\b/m.test(texts[at] ?? ''));
  expect(REMEDIATIONS.map(({ id }) => `${id}.ts`).sort()).toEqual(declared.sort());
});

describe.each(REMEDIATIONS.map((remediation) => [remediation.id, remediation] as const))('%s', (id, remediation) => {
  test('has a test and a page, a remedy for people, and a policy in the configuration', () => {
    expect(existsSync(join(root, `test/remediate/${id}.test.ts`))).toBe(true);
    expect(existsSync(join(root, `docs/remediations/${id}.md`)), 'npm run docs').toBe(true);
    expect(Object.keys(REMEDIES)).toContain(id);
    expect(Object.keys(CONFIGURABLE)).toContain(id);
  });

  test('fixes checks that there are, and that name it', () => {
    const naming = CHECKS.filter(({ remediations }) => remediations.includes(id)).map((check) => check.id);
    expect(naming).toEqual(expect.arrayContaining([...remediation.fixes]));
  });

  test('describes every option, and needs none of them given', () => {
    const { properties = {} } = z.toJSONSchema(remediation.options, { io: 'input' });
    expect(Object.values(properties).filter((schema) => typeof schema === 'boolean' || !schema.description)).toEqual([]);
    expect(remediation.options.safeParse({}).success).toBe(true);
  });
});
