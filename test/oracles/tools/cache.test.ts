import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cached, cacheFolder, type Recipe } from './cache.ts';

let root: string;
let makes: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cniwatch-cache-'));
  makes = 0;
});
afterEach(() => rm(root, { recursive: true }));

const recipe = (over: Partial<Recipe> = {}): Recipe => ({
  tool: 'tool',
  version: '1.0',
  ingredients: ['flags'],
  notice: 'making it',
  make: async (folder) => {
    makes += 1;
    await writeFile(join(folder, 'tool'), `make ${makes}`);
  },
  ...over,
});
const content = async (folder: string) => readFile(join(folder, 'tool'), 'utf8');

test.each([
  [{ CNIWATCH_CACHE: '/c', XDG_CACHE_HOME: '/x' }, /^\/c$/],
  [{ XDG_CACHE_HOME: '/x' }, /^\/x\/cniwatch$/],
  [{}, /\/\.cache\/cniwatch$/],
])('with %o the cache is %s', (env, folder) => {
  expect(cacheFolder(env)).toMatch(folder);
});

describe('a tool', () => {
  test('is made once', async () => {
    const folder = await cached(recipe(), root);
    expect(await cached(recipe(), root)).toBe(folder);
    expect(await content(folder)).toBe('make 1');
  });

  test('is made once by runs at the same time, and leaves no lock', async () => {
    const folders = await Promise.all([cached(recipe(), root), cached(recipe(), root), cached(recipe(), root)]);
    expect(new Set(folders).size).toBe(1);
    expect(makes).toBe(1);
    expect((await readdir(root)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test.each([
    ['version', { version: '2.0' }],
    ['ingredients', { ingredients: ['other flags'] }],
  ])('is made anew for other %s', async (_what, over) => {
    expect(await cached(recipe(), root)).not.toBe(await cached(recipe(over), root));
    expect(makes).toBe(2);
  });

  test('whose make failed is made again, from an empty folder', async () => {
    const fails = async (folder: string) => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('no network');
    };
    await expect(cached(recipe({ make: fails }), root)).rejects.toThrow('no network');
    const folder = await cached(recipe(), root);
    expect(await content(folder)).toBe('make 1');
    await expect(access(join(folder, 'half'))).rejects.toThrow();
  });

  test('whose maker died is made by the next', async () => {
    const folder = await cached(recipe(), root);
    await rm(folder, { recursive: true });
    // No process has this id: Linux and macOS stop far below.
    await writeFile(`${folder}.lock`, '999999999');
    expect(await content(await cached(recipe(), root))).toBe('make 2');
  });
});
