import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WITHOUT_NEWER_BUILTINS } from '#test/bin/without-newer-builtins.ts';

const run = promisify(execFile);
const CHECKOUT = path.resolve(import.meta.dirname, '../..');

let folder = '';
let checkout = '';
let installed = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-package-'));
  // A copy, since packing swaps package.json for a moment.
  checkout = path.join(folder, 'checkout');
  for (const part of ['package.json', 'bin', 'lib', 'scripts', 'LICENSE', 'CHANGELOG.md']) {
    await cp(path.join(CHECKOUT, part), path.join(checkout, part), { recursive: true });
  }
  await symlink(path.join(CHECKOUT, 'node_modules'), path.join(checkout, 'node_modules'));
  installed = path.join(folder, 'empty');
  await mkdir(installed);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('npm pack makes a tarball that installs in an empty folder, and leaves the checkout as it was', async () => {
  const before = await readFile(path.join(checkout, 'package.json'), 'utf8');
  await run('npm', ['pack', '--pack-destination', folder], { cwd: checkout });
  expect(await readFile(path.join(checkout, 'package.json'), 'utf8')).toBe(before);
  expect(await readdir(checkout)).not.toContain('.package.json.checkout');

  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, tarball)], { cwd: installed });
  const inside = await readdir(path.join(installed, 'node_modules/cniwatch'), { recursive: true });
  expect(inside.filter((name) => name.endsWith('.ts'))).toEqual([]);
  const packages = await readdir(path.join(installed, 'node_modules'));
  expect(packages.filter((name) => /^node-|^vitest|^typescript|^aws-cdk/.test(name))).toEqual([]);
});

test('npx cniwatch works there', async () => {
  const { version } = JSON.parse(await readFile(path.join(CHECKOUT, 'package.json'), 'utf8'));
  expect((await run('npx', ['cniwatch', '--version'], { cwd: installed })).stdout).toBe(`${version}\n`);
  const { stdout } = await run('npx', ['cniwatch', 'explain', '--list', '--output', 'json'], { cwd: installed });
  expect(JSON.parse(stdout)).not.toEqual([]);
});

test('npx cniwatch demo works there: the table, the report, exit code 0', async () => {
  const { stdout } = await run('npx', ['cniwatch', 'demo'], { cwd: installed });
  expect(stdout).toMatch(/^CRITICAL /m);
  expect(stdout).toContain('5 clusters checked');
  expect(await readFile(path.join(installed, 'reports/demo.html'), 'utf8')).toContain('Pod networking of 5 clusters');
});

test('and does so where Node lacks what Node 20 lacks', async () => {
  const bin = path.join(installed, 'node_modules/cniwatch/bin/cniwatch.js');
  const { stdout } = await run(process.execPath, ['--import', WITHOUT_NEWER_BUILTINS, bin, 'demo'], { cwd: installed });
  expect(stdout).toContain('5 clusters checked');
});

test('packing that fails leaves package.json as it was', async () => {
  const broken = path.join(folder, 'broken');
  await cp(checkout, broken, { recursive: true, filter: (source) => !source.endsWith('node_modules') });
  await symlink(path.join(CHECKOUT, 'node_modules'), path.join(broken, 'node_modules'));
  await cp(path.join(broken, 'package.json'), path.join(broken, 'lib/broken.ts'));
  const before = await readFile(path.join(broken, 'package.json'), 'utf8');
  await expect(run('npm', ['pack'], { cwd: broken })).rejects.toThrow('broken.ts');
  expect(await readFile(path.join(broken, 'package.json'), 'utf8')).toBe(before);
});
