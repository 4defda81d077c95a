import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { fleetReport } from '#lib/model/fleet-report.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const folder = mkdtempSync(join(tmpdir(), 'cniwatch-report-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [run, at, clusters] of [
  ['a', '2026-11-23T06:55:00.000Z', [anAssessment([])]],
  ['b', '2026-11-24T06:55:00.000Z', [anAssessment([aFinding()])]],
] as const) {
  mkdirSync(join(folder, 'runs', run), { recursive: true });
  writeFileSync(join(folder, 'runs', run, 'summary.json'), JSON.stringify({ ...aDocument(...clusters), generatedAt: at }));
  writeFileSync(join(folder, 'runs', run, 'targets.json'), '[]');
}
const TIME = ['--from', '2026-11-23T07:00:00Z', '--to', '2026-11-24T07:00:00Z'];

async function report(...argv: string[]) {
  const system = aSystem();
  const code = await main(['report', ...argv], { version: '1', system });
  return { code, out: system.out(), err: system.err() };
}

test('a report is made of a folder of summaries, on standard output', async () => {
  const { code, out, err } = await report('--dir', folder, ...TIME, '--output', 'json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(fleetReport.parse(JSON.parse(out))).toMatchObject({ date: '2026-11-24', changes: { opened: 1 }, notes: [] });
  expect((await report('--dir', folder, ...TIME)).out).toContain('## Opened: 1');
});

test('or into a folder, with the headline on standard error', async () => {
  const to = join(folder, 'out');
  const { code, out, err } = await report('--dir', join(folder, 'runs'), ...TIME, '--out-dir', to);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toContain('cniwatch daily report of 2026-11-24: 1 critical in 1 cluster\n');
  expect(readdirSync(to).sort()).toEqual(['fleet.csv', 'fleet.json', 'fleet.md', 'headline.json', 'index.html']);
});

test('a time without a run is unknown, and said', async () => {
  const { code, out } = await report('--dir', join(folder, 'runs'), '--from', '2026-01-01', '--to', '2026-01-02');
  expect(code).toBe(3);
  expect(out).toContain('the fleet was not seen');
});

test.each([
  [[], 'whose runs? Give --bucket NAME or --dir FOLDER'],
  [['--dir', 'x', '--bucket', 'y'], 'whose runs?'],
  [['--dir', '/nowhere'], 'the folder /nowhere cannot be read (ENOENT)'],
  [['--dir', '.', '--to', 'yesterday'], 'it must be a time'],
  [['--dir', '.', '--timezone', 'Mars'], 'it must be a time zone'],
  [['--dir', '.', '--from', '2026-01-02', '--to', '2026-01-01'], 'is not before --to'],
  [['--kind', 'yearly'], 'Allowed choices are daily, weekly.'],
])('%j is wrong usage', async (argv, text) => {
  const { code, out, err } = await report(...argv);
  expect({ code, out }).toEqual({ code: 64, out: '' });
  expect(err).toContain(text);
});
