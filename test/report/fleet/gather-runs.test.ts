import { describe, expect, test } from 'vitest';
import type { AssessmentDocument } from '#lib/model/assessment.ts';
import { gatherRuns, pauses, type RunSource } from '#lib/report/fleet/gather-runs.ts';
import { aDocument } from '#test/scenarios/assessments.ts';

const PERIOD = { from: '2026-11-23T07:00:00.000Z', to: '2026-11-24T07:00:00.000Z' };
const run = (at: string) => ({ id: `run ${at}`, at });
const EMPTY = aDocument();

function source(summaries: Readonly<Record<string, AssessmentDocument | string | undefined>>): RunSource {
  const all = Object.keys(summaries).sort().map(run);
  return {
    runs: async (from, to) => all.filter(({ at }) => at > from && at <= to),
    summary: async ({ at }) => summaries[at],
  };
}

test('the last run of the period is compared with the last one before it', async () => {
  const gathered = await gatherRuns(
    source({
      '2026-11-23T06:55:00.000Z': EMPTY,
      '2026-11-23T07:00:00.000Z': EMPTY,
      '2026-11-24T06:55:00.000Z': EMPTY,
      '2026-11-24T07:00:01.000Z': EMPTY,
    }),
    PERIOD,
  );
  expect([gathered.earlier?.run.at, gathered.latest?.run.at]).toEqual(['2026-11-23T07:00:00.000Z', '2026-11-24T06:55:00.000Z']);
  expect(gathered.notes).toEqual([]);
});

test('a run that left no summary, or one that cannot be read, gives way to the run before, and is told', async () => {
  const gathered = await gatherRuns(
    source({
      '2026-11-23T06:55:00.000Z': EMPTY,
      '2026-11-24T06:45:00.000Z': EMPTY,
      '2026-11-24T06:50:00.000Z': 'x is no summary.',
      '2026-11-24T06:55:00.000Z': undefined,
    }),
    PERIOD,
  );
  expect(gathered.latest?.run.at).toBe('2026-11-24T06:45:00.000Z');
  expect(gathered.notes).toContain('x is no summary.');
  expect(gathered.notes).toContain('2 runs after 2026-11-24 06:45:00 UTC left no summary that can be read.');
});

test('no run in the period, and none before it, is said', async () => {
  const gathered = await gatherRuns(source({}), PERIOD);
  expect([gathered.earlier, gathered.latest]).toEqual([undefined, undefined]);
  expect(gathered.notes).toEqual([
    'No run from 2026-11-23 07:00:00 UTC to 2026-11-24 07:00:00 UTC left a summary: the fleet was not seen.',
    expect.stringContaining('this is a first report'),
  ]);
});

test('an earlier run is looked for a week back, and no further', async () => {
  const at = (when: string) => gatherRuns(source({ [when]: EMPTY }), PERIOD).then(({ earlier }) => earlier?.run.at);
  expect(await at('2026-11-16T07:00:01.000Z')).toBe('2026-11-16T07:00:01.000Z');
  expect(await at('2026-11-16T06:59:59.000Z')).toBeUndefined();
});

describe('pauses between runs', () => {
  const every = (minutes: number, count: number, start = PERIOD.from) =>
    Array.from({ length: count }, (_, index) => run(new Date(Date.parse(start) + index * minutes * 60_000).toISOString()));
  test('are none where runs come as usual', () => expect(pauses(every(5, 288), PERIOD)).toEqual([]));
  test('are told in all, with the longest', () =>
    expect(
      pauses(
        [...every(5, 100), ...every(5, 100, '2026-11-23T20:00:00.000Z'), ...every(5, 25, '2026-11-24T05:00:00.000Z')],
        PERIOD,
      ),
    ).toEqual(['No run started for 330 minutes in all; the longest pause began at 2026-11-23 15:15:00 UTC.']));
  test('at the end count too: runs have stopped', () =>
    expect(pauses(every(5, 200), PERIOD)).toEqual([
      'No run started for 445 minutes in all; the longest pause began at 2026-11-23 23:35:00 UTC.',
    ]));
  test('cannot be told from a single run', () => expect(pauses(every(5, 1), PERIOD)).toEqual([]));
});
