import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DnsCounters } from '#lib/model/dns-metrics.ts';
import { type History, NO_HISTORY } from '#lib/model/history.ts';
import { type DnsProcess, dnsCounted, dnsReadings } from '#lib/network/dns/window.ts';

const LIMITS = { warning: 1, critical: 4 };
const NOW = new Date('2026-11-24T03:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - 60_000 * minutes);
const seconds = (date: Date) => date.getTime() / 1000;

const aProcess = (podName: string, startedMinutesAgo: number | undefined, over: Partial<DnsCounters> = {}): DnsProcess => ({
  podName,
  counters: {
    ...(startedMinutesAgo === undefined ? {} : { startedAt: seconds(ago(startedMinutesAgo)) }),
    responses: {},
    panics: 0,
    cacheRequests: 0,
    cacheHits: 0,
    forwarded: {},
    healthcheckFailures: {},
    healthcheckBroken: 0,
    concurrencyRejects: 0,
    ...over,
  },
});
const answered = (NOERROR: number, SERVFAIL = 0) => ({ responses: { NOERROR, SERVFAIL } });

/** What publish would give back of readings made so many minutes ago. */
function past(
  ...runs: readonly (readonly [minutes: number, processes: readonly DnsProcess[], limits?: typeof LIMITS])[]
): History {
  const all = runs.flatMap(([minutes, processes, limits = LIMITS]) =>
    dnsReadings(processes, limits).map((reading) => ({ ...reading, at: ago(minutes).toISOString() })),
  );
  return { points: (series, id) => all.filter((point) => point.series === series && point.id === id) };
}

const BEFORE = [aProcess('a', 600, answered(900, 100)), aProcess('b', 600, answered(1000))];
const A = aProcess('a', 600, answered(1000, 150));
const B = aProcess('b', 600, answered(1100));

describe('what is counted', () => {
  test.each<[string, readonly DnsProcess[], History, 'window' | 'process-life', { responses: number; servfail: number }]>([
    ['since the last run', [A, B], past([5, BEFORE]), 'window', { responses: 250, servfail: 50 }],
    ['in another order', [B, A], past([5, BEFORE]), 'window', { responses: 250, servfail: 50 }],
    ['nothing since', BEFORE, past([5, BEFORE]), 'window', { responses: 0, servfail: 0 }],
    [
      'since the newest of several runs',
      [A, B],
      past([40, [BEFORE[0] as DnsProcess]], [5, BEFORE]),
      'window',
      { responses: 250, servfail: 50 },
    ],
    [
      'a pod that came since counts whole',
      [A, B, aProcess('c', 3, answered(10, 5))],
      past([5, BEFORE]),
      'window',
      { responses: 265, servfail: 55 },
    ],
    ['without a past', [A, B], NO_HISTORY, 'process-life', { responses: 2250, servfail: 150 }],
    ['a run of two hours ago is too old', [A, B], past([120, BEFORE]), 'process-life', { responses: 2250, servfail: 150 }],
    ['a run of a minute ago is too young', [A, B], past([1, BEFORE]), 'process-life', { responses: 2250, servfail: 150 }],
    ['a pod has gone', [A], past([5, BEFORE]), 'process-life', { responses: 1150, servfail: 150 }],
    [
      'a pod has restarted',
      [A, aProcess('b', 3, answered(10))],
      past([5, BEFORE]),
      'process-life',
      { responses: 1160, servfail: 150 },
    ],
    [
      'a pod did not answer then',
      [A, B],
      past([5, [BEFORE[0] as DnsProcess]]),
      'process-life',
      { responses: 2250, servfail: 150 },
    ],
    [
      'a process does not say when it started',
      [A, aProcess('b', undefined, answered(5))],
      past([5, [A, aProcess('b', undefined)]]),
      'process-life',
      { responses: 1155, servfail: 150 },
    ],
    [
      'the limits were others',
      [A, B],
      past([5, BEFORE, { warning: 2, critical: 4 }]),
      'process-life',
      { responses: 2250, servfail: 150 },
    ],
  ])('%s', (_name, processes, history, basis, counts) => {
    expect(dnsCounted(processes, history, NOW, LIMITS)).toMatchObject({ basis, counts });
  });

  test('says since when', () => {
    expect(dnsCounted([A, B], past([5, BEFORE]), NOW, LIMITS).since).toBe(ago(5).toISOString());
    expect(dnsCounted([A, aProcess('b', 900)], NO_HISTORY, NOW, LIMITS).since).toBe(ago(900).toISOString());
    expect(dnsCounted([aProcess('b', undefined)], NO_HISTORY, NOW, LIMITS)).not.toHaveProperty('since');
  });
});

test('a window is what each process added, whoever came, and none where one is missing', () => {
  const life = fc.record({
    before: fc.nat(1000),
    added: fc.nat(1000),
    fate: fc.constantFrom('stays', 'comes', 'goes', 'restarts'),
  });
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 8 }), (lives) => {
      const named = lives.map((each, at) => ({ ...each, name: `p${at}` }));
      const then = named.filter(({ fate }) => fate !== 'comes').map(({ name, before }) => aProcess(name, 600, answered(before)));
      const now = named
        .filter(({ fate }) => fate !== 'goes')
        .map(({ name, before, added, fate }) =>
          aProcess(name, fate === 'stays' ? 600 : 2, answered(fate === 'stays' ? before + added : added)),
        );
      const { basis, counts } = dnsCounted(now, past([5, then]), NOW, LIMITS);
      const lost = named.some(({ fate }) => fate === 'goes' || fate === 'restarts');
      expect(basis).toBe(lost ? 'process-life' : 'window');
      if (!lost) expect(counts.responses).toBe(named.reduce((sum, { added }) => sum + added, 0));
    }),
    { numRuns: 500 },
  );
});
