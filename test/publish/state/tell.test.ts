import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { EVENT_SOURCE, FINDING_EVENTS, type PendingEvent } from '#lib/model/event.ts';
import { findingEvent, MOST_DETAIL_BYTES } from '#lib/publish/state/finding-event.ts';
import type { FindingsHub } from '#lib/publish/state/findings-hub.ts';
import { publishFindings, publishFleet } from '#lib/publish/state/publish-findings.ts';
import { REQUEST_LIMITS, tell } from '#lib/publish/state/tell.ts';
import { type Hook, memoryStore } from '#test/publish/state/memory-store.ts';
import { CLUSTER, POLICY, tellStory, timeOf } from '#test/publish/state/stories.ts';
import { aFinding, anAssessment } from '#test/scenarios/assessments.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';

const client = mockClient(EventBridgeClient);
const bus = { eventBridge: new EventBridgeClient({ region: 'eu-west-1' }), bus: 'cniwatch' };
/** What EventBridge accepted. */
let accepted: PutEventsRequestEntry[] = [];
type Answer = (entries: PutEventsRequestEntry[]) => PutEventsCommandOutput['Entries'];
/** How it answers the next request, in place of accepting it. */
let instead: Answer[] = [];
const entriesOf = (input: { Entries?: PutEventsRequestEntry[] | undefined }) => input.Entries ?? [];
const idOf = ({ Detail }: PutEventsRequestEntry): string => JSON.parse(Detail ?? '{}').transitionId;

beforeEach(() => {
  client.reset();
  accepted = [];
  instead = [];
  client.on(PutEventsCommand).callsFake((input) => {
    const answer = instead.shift();
    if (answer !== undefined) return { Entries: answer(entriesOf(input)) };
    accepted.push(...entriesOf(input));
    return { Entries: entriesOf(input).map((_, index) => ({ EventId: String(index) })) };
  });
});

/** What summarise does, of a fleet that it has nothing to say of. */
const endOfRun = (hub: FindingsHub) => publishFleet([], { runId: 'run', takenAt: timeOf(60) }, POLICY, hub);

/** A run of bad findings after another, so that each opens; what is told of it waits in the outbox. */
async function opened(count: number, hook?: Hook) {
  const memory = memoryStore();
  const findings = Array.from({ length: count }, (_, index) =>
    aFinding({ resource: { kind: 'node', id: `node-${index}` }, fingerprint: index.toString(16).padStart(32, '0') }),
  );
  const hub = (each?: Hook) => ({
    store: memory.store(each),
    outbox: memory.outbox(each),
    bus,
    account: ACCOUNT,
    region: REGION,
  });
  const run = (minutes: number, each?: Hook) =>
    publishFindings(anAssessment(findings), { runId: `run-${minutes}`, takenAt: timeOf(minutes) }, POLICY, hub(each));
  await run(0);
  return { memory, hub, run, published: await run(5, hook) };
}

it('tells what opened, ten a request, and empties the outbox', async () => {
  const { memory, published } = await opened(25);
  expect(published).toEqual({ outcome: 'recorded', problems: [], told: 25, untold: [], metrics: [] });
  expect(client.commandCalls(PutEventsCommand).map(({ args }) => entriesOf(args[0].input).length)).toEqual([10, 10, 5]);
  expect(memory.waiting.size).toBe(0);
  expect(accepted[0]).toMatchObject({
    EventBusName: 'cniwatch',
    Source: EVENT_SOURCE,
    DetailType: 'Finding Opened',
    Time: new Date(timeOf(5)),
    Resources: [CLUSTER.arn],
  });
});

it('keeps what EventBridge refuses, tells the rest, and tells it when asked again', async () => {
  instead.push(([refused, ...others]) => {
    accepted.push(...others);
    const refusal = { ErrorCode: 'ThrottlingException', ErrorMessage: `not ${refused?.DetailType}` };
    return [refusal, ...others.map(() => ({ EventId: '1' }))];
  });
  const { memory, hub, published } = await opened(3);
  expect(published).toMatchObject({ told: 2, untold: [{ code: 'ThrottlingException', reason: 'not Finding Opened' }] });
  expect([...memory.waiting.keys()]).toEqual(published.untold?.map(({ transitionId }) => transitionId));
  expect(await endOfRun(hub())).toMatchObject({ told: 1, untold: [] });
  expect(memory.waiting.size).toBe(0);
  expect(accepted.map(idOf).sort()).toEqual(memory.written.map(({ transitionId }) => transitionId).sort());
});

it('leaves the rest where a request fails as a whole', async () => {
  const { memory, hub } = await opened(0);
  const events = Array.from({ length: 25 }, (_, index) => anEvent(index));
  for (const event of events) memory.waiting.set(event.transitionId, event);
  instead.push(() => {
    throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
  });
  const told = await tell(events, bus, hub().outbox);
  expect(told.told).toBe(0);
  expect(told.untold).toHaveLength(25);
  expect(told.untold[0]).toMatchObject({ code: 'ThrottlingException', reason: 'Rate exceeded' });
  expect(await endOfRun(hub())).toMatchObject({ told: 25, untold: [] });
});

it('says in numbers what was not told and not recorded', async () => {
  instead.push(() => [{ ErrorCode: 'InternalFailure' }, { EventId: '1' }]);
  const { published, run } = await opened(2);
  const dimensions = { Account: ACCOUNT, Region: REGION };
  expect(published.metrics).toEqual([{ name: 'EventsUntold', unit: 'Count', dimensions, value: 1 }]);
  const killed: Hook = async () => {
    throw new Error('killed');
  };
  expect((await run(10, killed)).metrics).toEqual([{ name: 'FindingsUnrecorded', unit: 'Count', dimensions, value: 1 }]);
});

it('does not take an entry without an answer for told', async () => {
  instead.push(() => [{ EventId: '1' }]);
  expect((await opened(2)).published).toMatchObject({ told: 1, untold: [{ code: 'NoAnswer' }] });
});

describe('a run that is killed while it publishes', () => {
  const steps = ['read', 'write', 'told', 'told', 'told'].flatMap((call) => [`before ${call}`, `after ${call}`]);

  it.each(steps.map((step, index) => [step, index] as const))('%s (step %i) tells all in the end', async (_, index) => {
    let step = 0;
    const crash: Hook = async () => {
      if (step++ === index) throw new Error('killed');
    };
    const { memory, hub, run, published } = await opened(3, crash);
    expect(published.problems).toEqual([expect.stringContaining('killed')]);
    // It is repeated, and the end of a run tells what is left.
    await run(5);
    await endOfRun(hub());
    expect(memory.waiting.size).toBe(0);
    expect(memory.written).toHaveLength(3);
    // Repeats are told apart by their ids.
    expect(new Set(accepted.map(idOf))).toEqual(new Set(memory.written.map(({ transitionId }) => transitionId)));
  });

  it('after EventBridge accepted and before anybody heard of it tells again, by the same ids', async () => {
    instead.push((entries) => {
      accepted.push(...entries);
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    });
    const { memory, hub } = await opened(3);
    await endOfRun(hub());
    expect(accepted).toHaveLength(6);
    expect(new Set(accepted.map(idOf)).size).toBe(3);
    expect(memory.waiting.size).toBe(0);
  });

  it('is no failure of the check: an outbox that cannot be read is told as a sentence', async () => {
    const { hub } = await opened(1);
    const crash: Hook = async () => {
      throw new Error('killed');
    };
    expect((await endOfRun(hub(crash))).problems).toEqual([
      expect.stringMatching(/findings could not be recorded \(Error: killed\)/),
      expect.stringMatching(/events could not be told \(Error: killed\)/),
    ]);
  });
});

describe('an event', () => {
  const story = tellStory('wwcoo');
  const state = story.state;
  const at = { runId: 'run', takenAt: timeOf(0) };

  test.each(['wwcoo', 'ccoo', 'wws', `ww${'-'.repeat(8)}`])('of %s is what its schema says', (letters) => {
    const { told, states } = tellStory(letters);
    for (const transition of told) {
      const after = states[transition.run];
      if (after === undefined) throw new Error('no state');
      const { type, detail } = findingEvent(after, transition, at);
      const strict = FINDING_EVENTS[type].strict();
      expect(strict.safeParse(JSON.parse(detail)).error).toBeUndefined();
    }
  });

  it('with more evidence than an event may hold goes without it, and says so', () => {
    const [transition] = story.told;
    if (transition === undefined || state === undefined) throw new Error('nothing told');
    const large = aFinding({ evidence: { nodes: 'n'.repeat(MOST_DETAIL_BYTES) }, summary: 'ü'.repeat(MOST_DETAIL_BYTES) });
    const { detail } = findingEvent(state, { ...transition, finding: large }, at);
    expect(Buffer.byteLength(detail)).toBeLessThan(MOST_DETAIL_BYTES);
    const { finding } = FINDING_EVENTS['Finding Opened'].parse(JSON.parse(detail));
    expect(finding).toMatchObject({ evidenceOmitted: true, verdict: 'critical', fingerprint: large.fingerprint });
    expect(finding).not.toHaveProperty('evidence');
  });

  it('never makes a request larger than EventBridge takes', async () => {
    const { hub } = await opened(0);
    const large = Array.from({ length: 12 }, (_, index) => ({ ...anEvent(index), detail: 'x'.repeat(MOST_DETAIL_BYTES) }));
    await tell(large, bus, hub().outbox);
    for (const { args } of client.commandCalls(PutEventsCommand)) {
      const bytes = entriesOf(args[0].input).reduce((sum, { Detail = '' }) => sum + Detail.length, 0);
      expect(bytes).toBeLessThanOrEqual(REQUEST_LIMITS.bytes);
    }
  });
});

function anEvent(index: number): PendingEvent {
  const transitionId = index.toString(16).padStart(32, '0');
  const detail = JSON.stringify({ transitionId });
  return { transitionId, sequence: index, type: 'Finding Opened', at: timeOf(0), clusterArn: CLUSTER.arn, detail };
}
