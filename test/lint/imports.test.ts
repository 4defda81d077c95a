import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/**
 * Which folder may import which, as docs/architecture.md draws it. One run of the linter, under the project's own configuration, over a
 * file in every folder that imports from all folders: it must name exactly the imports that are not here.
 */
const LIB = [
  'model',
  'config',
  'network',
  'discover',
  'collect',
  'checks',
  'evaluate',
  'publish',
  'remediate',
  'report',
  'onboard',
  'sandbox',
  'cli',
];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'lib/model': ['model'],
  'lib/config': ['model', 'checks', 'config'],
  'lib/network': ['model', 'network'],
  'lib/discover': ['model', 'collect', 'discover'],
  'lib/collect': ['model', 'network', 'collect'],
  'lib/checks': ['model', 'network', 'checks'],
  'lib/evaluate': ['model', 'network', 'checks', 'config', 'evaluate'],
  'lib/publish': ['model', 'network', 'publish'],
  'lib/remediate': ['model', 'network', 'remediate'],
  'lib/report': ['model', 'network', 'report'],
  'lib/onboard': ['model', 'collect', 'onboard'],
  'lib/sandbox': ['model', 'sandbox'],
  'lib/cli': LIB,
  functions: LIB.filter((folder) => folder !== 'sandbox' && folder !== 'cli'),
  infra: LIB.filter((folder) => folder !== 'sandbox' && folder !== 'cli'),
};
const PURE = ['lib/model', 'lib/network', 'lib/checks', 'lib/evaluate'];
const IMPURE_IMPORTS = [
  '@aws-sdk/client-ec2',
  '@kubernetes/client-node',
  '@smithy/signature-v4',
  'node:fs',
  'node:fs/promises',
  'node:https',
];
const FOLDERS = Object.keys(MAY_IMPORT);

const fromFolder = (folder: string) => `#lib/${folder}/some/file.ts`;
const ALL_IMPORTS = [...LIB.map(fromFolder), ...IMPURE_IMPORTS, '../model/target.ts', './beside.ts'];

function forbiddenIn(folder: string): readonly string[] {
  const arrows = LIB.filter((other) => !MAY_IMPORT[folder]?.includes(other)).map(fromFolder);
  // A relative way out of the folder would evade the arrows.
  return [
    ...arrows,
    ...(PURE.includes(folder) ? IMPURE_IMPORTS : []),
    ...(folder.startsWith('lib/') ? ['../model/target.ts'] : []),
  ];
}

const root = join(import.meta.dirname, '..', '..');
let sandbox: string;
let reported: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'cniwatch-lint-'));
  await Promise.all(['biome.json', '.gitignore'].map((name) => copyFile(join(root, name), join(sandbox, name))));
  const text = ALL_IMPORTS.map((name, at) => `export { x${at} } from '${name}';\n`).join('');
  for (const folder of FOLDERS) {
    const path = join(sandbox, folder, 'probe.ts');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  reported = await restrictedImports(sandbox);
});
afterAll(() => rm(sandbox, { recursive: true, force: true }));

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

/** The imports that the rule names, by folder. */
async function restrictedImports(cwd: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  const named = diagnostics
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location: { path, start } }) => ({ folder: dirname(path), name: ALL_IMPORTS[start.line - 1] ?? '' }));
  const byFolder = Map.groupBy(named, ({ folder }) => folder);
  return new Map([...byFolder].map(([folder, found]) => [folder, found.map(({ name }) => name)]));
}

describe('the linter refuses exactly the imports that the layout forbids', () => {
  test.each(FOLDERS)('in %s', (folder) => {
    expect([...(reported.get(folder) ?? [])].sort()).toEqual([...forbiddenIn(folder)].sort());
  });
});

test('every folder of lib is in the layout', async () => {
  expect(LIB).toEqual(expect.arrayContaining(await readdir(join(root, 'lib'))));
});
