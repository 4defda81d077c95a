import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '#lib/cli/config-file.ts';
import { readSnapshot, writeSnapshot } from '#lib/cli/snapshot-file.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { OutputUnwritable, writeFileAtomically } from '#lib/cli/write-file.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { SnapshotTooNew, SnapshotUnreadable } from '#lib/model/snapshot.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a Snapshot', () => {
  test.each(['s.json', 's.json.gz'])('comes back from %s as it went', async (name) => {
    await writeSnapshot(at(name), aSnapshot());
    expect(await readSnapshot(at(name))).toEqual(aSnapshot());
  });
  test('is told by its content whether it is compressed', async () => {
    await writeFile(at('s.json'), gzipSync(JSON.stringify(aSnapshot())));
    expect(await readSnapshot(at('s.json'))).toEqual(aSnapshot());
  });
  test.each([
    ['cut short', JSON.stringify(aSnapshot()).slice(0, 100), SnapshotUnreadable, 'was it cut short?'],
    ['compressed and cut short', gzipSync(JSON.stringify(aSnapshot())).subarray(0, 100), SnapshotUnreadable, 'was it cut short?'],
    ['of a newer version', JSON.stringify({ ...aSnapshot(), version: 99 }), SnapshotTooNew, 'update cniwatch'],
    ['something else', '{"kind": "List"}', SnapshotUnreadable, 'this is not a cniwatch Snapshot'],
  ])('that is %s says so', async (_, content, error, message) => {
    await writeFile(at('s'), content);
    await expect(readSnapshot(at('s'))).rejects.toThrow(error);
    await expect(readSnapshot(at('s'))).rejects.toThrow(message);
  });
  test('that is not there is wrong usage', () => expect(readSnapshot(at('none'))).rejects.toThrow(UsageError));
});

describe('a file is written whole or not at all', () => {
  test('into folders that are made', async () => {
    await writeFileAtomically(at('a/b/report.html'), 'text');
    expect(await readFile(at('a/b/report.html'), 'utf8')).toBe('text');
    expect(await readdir(at('a/b'))).toEqual(['report.html']);
  });
  test('and what cannot be written leaves nothing behind', async () => {
    await writeFile(at('file'), '');
    await expect(writeFileAtomically(at('file/report.html'), 'text')).rejects.toThrow(OutputUnwritable);
    await expect(writeFileAtomically(folder, 'text')).rejects.toThrow(`${folder} could not be written`);
    expect((await readdir(path.dirname(folder))).filter((name) => name.includes(`.${path.basename(folder)}.`))).toEqual([]);
  });
});

test('a link leads to the file that is replaced, and stays', async () => {
  await writeFile(at('kept.html'), 'old');
  await symlink(at('kept.html'), at('latest.html'));
  await writeFileAtomically(at('latest.html'), 'new');
  expect(await readFile(at('kept.html'), 'utf8')).toBe('new');
  expect((await lstat(at('latest.html'))).isSymbolicLink()).toBe(true);
});

test('a pipe is written to and not replaced', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  const [read] = await Promise.all([readFile(at('pipe'), 'utf8'), writeFileAtomically(at('pipe'), 'text')]);
  expect(read).toBe('text');
  expect((await lstat(at('pipe'))).isFIFO()).toBe(true);
});

test('a folder that the file system will not make is refused, and not tried for ever', async () => {
  await expect(writeFileAtomically('/proc/nope/x/report.html', 'text')).rejects.toThrow(OutputUnwritable);
});

describe('the configuration', () => {
  test('is the defaults where no file is there or named', async () => {
    expect(await loadConfig(undefined)).toEqual(defaultConfig());
  });
  test('that is named must be there', () =>
    expect(loadConfig(at('none.yaml'))).rejects.toThrow(
      new UsageError(`the configuration ${at('none.yaml')} cannot be read (ENOENT)`),
    ));
  test('names the file in what is wrong with it', async () => {
    await writeFile(at('c.yaml'), 'colect: {}');
    await expect(loadConfig(at('c.yaml'))).rejects.toThrow(`${at('c.yaml')}:1:1: unknown key "colect": did you mean "collect"?`);
  });
});
