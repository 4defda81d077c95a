import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { FINDING_EVENTS, type FindingEventType, type PendingEvent } from '#lib/model/event.ts';
import { findingEvent } from '#lib/publish/state/finding-event.ts';
import { schemaFile } from '#scripts/docs/event-schemas.ts';
import { tellStory, timeOf } from '#test/publish/state/stories.ts';
import { aFinding } from '#test/scenarios/assessments.ts';

const TYPES = Object.keys(FINDING_EVENTS) as FindingEventType[];
/** The schemas as they are published, and not as the code has them. */
const published = Object.fromEntries(
  TYPES.map((type) => [type, z.fromJSONSchema(JSON.parse(readFileSync(`docs/${schemaFile(type)}`, 'utf8')))]),
);

function eventsOf(letters: string): PendingEvent[] {
  const { told, states } = tellStory(letters);
  return told.flatMap((transition) => {
    const state = states[transition.run];
    return state === undefined ? [] : [findingEvent(state, transition, { runId: 'run', takenAt: timeOf(transition.run) })];
  });
}

test('every event of every story is what the published schema of its type says', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'wcouxsS-'), maxLength: 60 }), (letters) => {
      for (const { type, detail } of eventsOf(letters)) {
        seen.add(type);
        expect(published[type]?.safeParse(JSON.parse(detail)).error).toBeUndefined();
      }
    }),
  );
  expect([...seen].sort()).toEqual(TYPES.toSorted());
});

describe('the published schema', () => {
  const [opened] = eventsOf('ww');
  const detail = JSON.parse(opened?.detail ?? '{}');

  it.each(['transitionId', 'sequence', 'cluster', 'finding', 'openedAt', 'schemaVersion'])('demands %s', (name) => {
    const { [name]: _, ...without } = detail;
    expect(published['Finding Opened']?.safeParse(detail).success).toBe(true);
    expect(published['Finding Opened']?.safeParse(without).success).toBe(false);
  });

  it('takes what a later cniwatch may add', () => {
    const later = { ...detail, more: 1, finding: { ...aFinding(), more: 1 } };
    expect(published['Finding Opened']?.safeParse(later).success).toBe(true);
  });
});
