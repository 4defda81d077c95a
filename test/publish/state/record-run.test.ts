import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '#lib/model/finding.ts';
import type { FindingState } from '#lib/model/finding-state.ts';
import { CHANGES_PER_WRITE, recordRun } from '#lib/publish/state/record-run.ts';
import type { ScopeStore } from '#lib/publish/state/scope-store.ts';
import { type Hook, memoryStore } from '#test/publish/state/memory-store.ts';
import { CLUSTER, POLICY, timeOf } from '#test/publish/state/stories.ts';
import { aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const SCOPE = CLUSTER.arn;
const VERDICTS = { w: 'warning', c: 'critical', o: 'ok', u: 'unknown' } as const;
type Letter = keyof typeof VERDICTS;

/** One finding a letter: `wo` is a warning of subnet-0 and an ok of subnet-1. */
function findings(letters: string): Finding[] {
  return [...letters].map((letter, index) =>
    aFinding({
      verdict: VERDICTS[letter as Letter],
      resource: { kind: 'subnet', id: `subnet-${index}` },
      fingerprint: index.toString(16).padStart(32, '0'),
    }),
  );
}

interface Given {
  readonly store: ScopeStore;
  readonly minutes: number;
  readonly letters: string;
  readonly runId?: string;
}
const record = ({ store, minutes, letters, runId = `run-${minutes}` }: Given) =>
  recordRun([anAssessment(findings(letters))], {
    store,
    scope: SCOPE,
    run: { runId, takenAt: timeOf(minutes) },
    policy: POLICY,
    pause: async () => {},
  });

describe('runs one after another', () => {
  it('open, escalate and close, each with one event in the outbox', async () => {
    const memory = memoryStore();
    const outcomes = [];
    for (const [index, letters] of ['wwo', 'wco', 'wco', 'oco', 'oco'].entries())
      outcomes.push(await record({ store: memory.store(), minutes: index * 5, letters }));
    expect(outcomes.map(({ events }) => events.map(({ type }) => type))).toEqual([
      [],
      ['Finding Opened', 'Finding Opened'],
      [],
      [],
      ['Finding Resolved'],
    ]);
    expect(memory.written).toEqual(outcomes.flatMap(({ events }) => events));
    expect(Object.values(memory.states(SCOPE)).map(({ status }) => status)).toEqual(['resolved', 'open']);
  });

  it('keep a finding apart from the same one of another scope', async () => {
    const memory = memoryStore();
    await record({ store: memory.store(), minutes: 0, letters: 'w' });
    expect(memory.states('another')).toEqual({});
  });

  it('write only what changed', async () => {
    const memory = memoryStore();
    const sizes: number[] = [];
    const counting: ScopeStore = {
      ...memory.store(),
      write: (scope, write) => {
        sizes.push(write.changes.length);
        return memory.store().write(scope, write);
      },
    };
    const bad = 'w'.repeat(2_000);
    for (const [index, letters] of [bad, bad, bad, bad, bad, `c${bad.slice(1)}`].entries())
      await record({ store: counting, minutes: index * 5, letters });
    expect(Math.max(...sizes)).toBe(CHANGES_PER_WRITE);
    // Each run writes the head at least. The first two change every state, the third fills the window.
    const whole = Math.ceil(2_000 / CHANGES_PER_WRITE);
    expect(sizes.slice(3 * whole)).toEqual([0, 0, 1]);
    expect(memory.written.map(({ type }) => type).filter((type) => type === 'Finding Opened')).toHaveLength(2_000);
  });
});

describe('a run that is', () => {
  it('older than the last one changes nothing', async () => {
    const memory = memoryStore();
    for (const minutes of [0, 10]) await record({ store: memory.store(), minutes, letters: 'w' });
    const before = memory.states(SCOPE);
    const outcome = await record({ store: memory.store(), minutes: 5, letters: 'o' });
    expect(outcome).toEqual({ outcome: 'superseded', by: 'run-10', events: [] });
    expect(memory.states(SCOPE)).toEqual(before);
  });

  it('repeated, reading the cluster anew, counts once', async () => {
    const memory = memoryStore();
    await record({ store: memory.store(), minutes: 0, letters: 'w', runId: 'a' });
    expect(await record({ store: memory.store(), minutes: 1, letters: 'w', runId: 'a' })).toMatchObject({ events: [] });
    expect(Object.values(memory.states(SCOPE))).toMatchObject([{ status: 'pending', recent: 'b' }]);
  });

  it('repeated once a later one was recorded has nothing to add', async () => {
    const memory = memoryStore();
    await record({ store: memory.store(), minutes: 0, letters: 'w', runId: 'a' });
    await record({ store: memory.store(), minutes: 5, letters: 'o', runId: 'b' });
    expect(await record({ store: memory.store(), minutes: 6, letters: 'w', runId: 'a' })).toMatchObject({
      outcome: 'superseded',
      by: 'b',
    });
  });

  it('from before a clock that had jumped ahead is taken again', async () => {
    const memory = memoryStore();
    await record({ store: memory.store(), minutes: 365 * 24 * 60, letters: 'w', runId: 'from-next-year' });
    expect(await record({ store: memory.store(), minutes: 0, letters: 'w' })).toMatchObject({ outcome: 'recorded' });
    expect(await record({ store: memory.store(), minutes: 5, letters: 'o' })).toMatchObject({ outcome: 'recorded' });
    expect(memory.head(SCOPE)?.takenAt).toBe(timeOf(5));
  });
});

const runs = fc.array(fc.string({ unit: fc.constantFrom('w', 'c', 'o', 'u'), minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 8,
});

/** The runs one after another, by one writer. */
async function inTurn(given: readonly { minutes: number; letters: string }[]) {
  const memory = memoryStore();
  for (const each of given) await record({ store: memory.store(), ...each });
  return memory;
}

it('whatever the order in which runs arrive, the truth is that of the runs that were news when they came', async () => {
  const arrivals = runs.chain((letters) =>
    fc
      .shuffledSubarray(
        letters.map((each, index) => ({ minutes: index * 5, letters: each })),
        { minLength: letters.length },
      )
      .chain((order) => fc.array(fc.constantFrom(...order), { maxLength: 4 }).map((again) => [...order, ...again])),
  );
  await fc.assert(
    fc.asyncProperty(arrivals, async (order) => {
      const memory = await inTurn(order);
      const news = order.filter(({ minutes }, index) => order.slice(0, index).every((earlier) => earlier.minutes < minutes));
      const straight = await inTurn(news);
      expect(memory.states(SCOPE)).toEqual(straight.states(SCOPE));
      expect(memory.written).toEqual(straight.written);
    }),
  );
});

/** What must hold of the outbox and the states, whoever wrote them and when. */
function expectOneTruth(memory: ReturnType<typeof memoryStore>): void {
  expect(new Set(memory.written.map(({ transitionId }) => transitionId)).size).toBe(memory.written.length);
  for (const state of Object.values(memory.states(SCOPE)) as FindingState[]) {
    const told = memory.written.filter(({ detail }) => JSON.parse(detail).finding.fingerprint === state.fingerprint);
    const kinds = told.map(({ type }) => type[8]).join('');
    expect(kinds).toMatch(/^(OE?R)*(OE?)?$/);
    expect(state.status === 'open').toBe(/[OE]$/.test(kinds));
    const sequences = told.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    if (told.length > 0) expect(state.sequence).toBe(sequences.at(-1));
  }
}

it('runs at the same time, interleaved in any way, leave one truth: that of runs one after another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, runs, async (scheduler, before, atOnce) => {
      const memory = await inTurn(before.map((letters, index) => ({ minutes: index * 5, letters })));
      const hook: Hook = (moment, call) => scheduler.schedule(Promise.resolve(), `${moment} ${call}`);
      const racing = atOnce.map((letters, index) =>
        record({ store: memory.store(hook), minutes: 100 + index, letters }).catch((error: Error) => error.name),
      );
      const outcomes = await scheduler.waitFor(Promise.all(racing));
      expectOneTruth(memory);
      const recorded = atOnce.flatMap((letters, index) => {
        const outcome = outcomes[index];
        return typeof outcome === 'object' && outcome.outcome === 'recorded' ? [{ minutes: 100 + index, letters }] : [];
      });
      const straight = await inTurn([...before.map((letters, index) => ({ minutes: index * 5, letters })), ...recorded]);
      expect(memory.states(SCOPE)).toEqual(straight.states(SCOPE));
      expect(memory.written).toEqual(straight.written);
    }),
  );
});

it('no interleaving of runs that each take several transactions tells anything twice or not at all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, runs, async (scheduler, before, atOnce) => {
      const wide = (letters: string) => letters.repeat(CHANGES_PER_WRITE);
      const memory = await inTurn(before.map((letters, index) => ({ minutes: index * 5, letters: wide(letters) })));
      const hook: Hook = (moment, call) => scheduler.schedule(Promise.resolve(), `${moment} ${call}`);
      const racing = atOnce.map((letters, index) =>
        record({ store: memory.store(hook), minutes: 100 + index, letters: wide(letters) }).catch((error: Error) => error.name),
      );
      await scheduler.waitFor(Promise.all(racing));
      expectOneTruth(memory);
    }),
    { numRuns: 10 },
  );
});

it('two executions of the same run at the same time count once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, async (scheduler, before) => {
      const past = before.map((letters, index) => ({ minutes: index * 5, letters }));
      const memory = await inTurn(past);
      const hook: Hook = (moment, call) => scheduler.schedule(Promise.resolve(), `${moment} ${call}`);
      const last = { minutes: 100, letters: 'cwo' };
      const racing = [1, 2].map(() => record({ store: memory.store(hook), ...last }));
      await scheduler.waitFor(Promise.all(racing));
      const straight = await inTurn([...past, last]);
      expect(memory.states(SCOPE)).toEqual(straight.states(SCOPE));
      expect(memory.written).toEqual(straight.written);
    }),
  );
});

describe('a run that is killed at any step and repeated', () => {
  const many = 'w'.repeat(2 * CHANGES_PER_WRITE + 5);
  const past = [{ minutes: 0, letters: many }];
  const last = { minutes: 5, letters: many };
  const steps = ['read', 'write', 'write', 'write'].flatMap((call) => [`before ${call}`, `after ${call}`]);

  it.each(steps.map((step, index) => [step, index] as const))('%s (step %i) leaves what it leaves at once', async (_, index) => {
    const memory = await inTurn(past);
    let step = 0;
    const crash: Hook = async () => {
      if (step++ === index) throw new Error('killed');
    };
    await expect(record({ store: memory.store(crash), ...last })).rejects.toThrow('killed');
    expectOneTruth(memory);
    await record({ store: memory.store(), ...last });
    const straight = await inTurn([...past, last]);
    expect(memory.states(SCOPE)).toEqual(straight.states(SCOPE));
    expect(memory.written).toEqual(straight.written);
  });

  it.each(steps.map((step, index) => [step, index] as const))(
    '%s (step %i), or followed by a later run, loses nothing',
    async (_, index) => {
      const memory = await inTurn(past);
      let step = 0;
      const crash: Hook = async () => {
        if (step++ === index) throw new Error('killed');
      };
      await expect(record({ store: memory.store(crash), ...last })).rejects.toThrow('killed');
      await record({ store: memory.store(), minutes: 10, letters: many });
      expectOneTruth(memory);
      expect(memory.written).toHaveLength(many.length);
    },
  );
});

describe('a store that refuses', () => {
  it.each([
    ['conflict', /written by others|do runs of it overlap/],
    ['throttled', /no capacity/],
  ] as const)('%s again and again is a stated failure, and nothing is told', async (refusal, message) => {
    const memory = memoryStore();
    const store = { ...memory.store(), write: async () => refusal };
    await expect(record({ store, minutes: 0, letters: 'w' })).rejects.toThrow(message);
    expect(memory.written).toEqual([]);
  });

  it('a few times only holds nothing up', async () => {
    const memory = memoryStore();
    const refusals = ['throttled', 'conflict', 'throttled'] as const;
    let attempt = 0;
    const store: ScopeStore = {
      ...memory.store(),
      write: async (scope, write) => refusals[attempt++] ?? memory.store().write(scope, write),
    };
    expect(await record({ store, minutes: 0, letters: 'w' })).toMatchObject({ outcome: 'recorded' });
    expect(Object.keys(memory.states(SCOPE))).toHaveLength(1);
  });
});
