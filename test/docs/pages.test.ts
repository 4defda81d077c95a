import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '#lib/config/config.ts';
import { generatedPages } from '#scripts/docs/pages.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test.each([...generatedPages()])('docs/%s is what `npm run docs` writes', (name, text) => {
  expect(read(`docs/${name}`), `docs/${name} is stale: npm run docs`).toBe(text);
});

interface Rule {
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

test('the ClusterRole of the page is YAML that lists, or gets by name, and does nothing else', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(read('docs/permissions.md'))?.[1] ?? '';
  const [role] = parseAllDocuments(yaml).map((document) => document.toJS() as { kind: string; rules: Rule[] });
  expect(role?.kind).toBe('ClusterRole');
  for (const { verbs, resourceNames } of role?.rules ?? []) expect(verbs).toEqual([resourceNames === undefined ? 'list' : 'get']);
  expect(yaml).not.toMatch(/secrets|\*/);
});

test('the example of the configuration page is a valid configuration', () => {
  const examples = [...read('docs/configuration.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  expect(examples).not.toEqual([]);
  for (const example of examples) {
    expect(parse(example)).toBeTruthy();
    expect(() => parseConfig(example, 'docs/configuration.md')).not.toThrow();
  }
});

const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);

test.each(tracked)('every relative link of %s leads to a file', (path) => {
  const links = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
});
