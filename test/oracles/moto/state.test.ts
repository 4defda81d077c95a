/** The states of findings and their events through the real SDK: conditional transactions, pages and delivery as moto does them. */
import { BatchWriteItemCommand, DeleteTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { clusterNotSeen } from '#lib/evaluate/cluster-not-seen.ts';
import { FINDING_EVENTS, type FindingEventType } from '#lib/model/event.ts';
import type { Finding } from '#lib/model/finding.ts';
import { clusterArn } from '#lib/model/target.ts';
import { enterRun } from '#lib/publish/state/enter-run.ts';
import type { FindingsHub } from '#lib/publish/state/findings-hub.ts';
import { findingsHub } from '#lib/publish/state/findings-hub.ts';
import { publishFindings, publishFleet } from '#lib/publish/state/publish-findings.ts';
import { CHANGES_PER_WRITE, recordRun } from '#lib/publish/state/record-run.ts';
import { acquireRunLease, LEASE_PERMISSIONS, releaseRunLease, runSkipped } from '#lib/publish/state/run-lease.ts';
import { eventKey, headKey, stateRow } from '#lib/publish/state/state-rows.ts';
import { CLUSTER, POLICY, tellStory, timeOf } from '#test/publish/state/stories.ts';
import { aFinding, anAssessment } from '#test/scenarios/assessments.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';
import { type Moto, startMoto } from './server.ts';
import { createStateTable } from './state-table.ts';

let moto: Moto;
let dynamodb: DynamoDBClient;
let eventBridge: EventBridgeClient;
let sqs: SQSClient;
let queue: string;
let hub: FindingsHub;
let tables = 0;
const table = () => `state-${tables}`;

beforeAll(async () => {
  moto = await startMoto({ account: ACCOUNT, region: REGION });
  for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
  const settings = { region: REGION, endpoint: moto.endpoint, credentials: moto.credentials, maxAttempts: 2 };
  dynamodb = new DynamoDBClient(settings);
  eventBridge = new EventBridgeClient(settings);
  sqs = new SQSClient(settings);
  queue = await queueBehind('cniwatch');
});
afterAll(() => {
  vi.unstubAllEnvs();
  return moto?.stop();
});

/** A queue that a rule of the bus delivers everything of cniwatch to. */
async function queueBehind(bus: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: bus }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await eventBridge.send(new CreateEventBusCommand({ Name: bus }));
  await eventBridge.send(
    new PutRuleCommand({ Name: 'all', EventBusName: bus, EventPattern: JSON.stringify({ source: ['cniwatch'] }) }),
  );
  await eventBridge.send(
    new PutTargetsCommand({ Rule: 'all', EventBusName: bus, Targets: [{ Id: 'queue', Arn: Attributes?.['QueueArn'] }] }),
  );
  return QueueUrl;
}

beforeEach(async () => {
  tables += 1;
  await createStateTable(dynamodb, table());
  hub = findingsHub({ account: ACCOUNT, region: REGION, bucket: 'runs', table: table(), eventBus: 'cniwatch' })();
  await received();
});

interface Delivered {
  readonly source: string;
  readonly 'detail-type': FindingEventType;
  readonly resources: readonly string[];
  readonly detail: {
    readonly transitionId: string;
    readonly reason?: string;
    readonly finding: { readonly resource: { readonly id: string } };
  };
}

/** Everything that was delivered since it was asked last. */
async function received(): Promise<Delivered[]> {
  const all: Delivered[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 3_600 }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages.map(({ Body = '' }) => JSON.parse(Body)));
  }
}

const finding = (index: number, verdict: Finding['verdict']) =>
  aFinding({ verdict, resource: { kind: 'node', id: `node-${index}` }, fingerprint: index.toString(16).padStart(32, '0') });
const run = (minutes: number, verdicts: readonly Finding['verdict'][]) =>
  publishFindings(
    anAssessment(verdicts.map((verdict, index) => finding(index, verdict))),
    { runId: `run-${minutes}`, takenAt: timeOf(minutes) },
    POLICY,
    hub,
  );
const endOfRun = () => publishFleet([], { runId: 'run-60', takenAt: timeOf(60) }, POLICY, hub);
const statesOf = async () => {
  const { states } = await hub.store.read(CLUSTER.arn);
  return [...states.values()].map(({ status, verdict }) => `${status} ${verdict}`);
};

test('a finding opens, escalates and closes, and each is delivered once, as its schema says', async () => {
  const verdicts = ['warning', 'warning', 'critical', 'critical', 'ok', 'ok', 'ok'] as const;
  for (const [index, verdict] of verdicts.entries())
    expect(await run(index * 5, [verdict])).toMatchObject({ outcome: 'recorded', problems: [], untold: [] });
  const events = await received();
  expect(events.map((event) => event['detail-type'])).toEqual(['Finding Opened', 'Finding Escalated', 'Finding Resolved']);
  for (const { source, resources, detail, ...event } of events) {
    expect([source, ...resources]).toEqual(['cniwatch', CLUSTER.arn]);
    expect(FINDING_EVENTS[event['detail-type']].strict().safeParse(detail).error).toBeUndefined();
  }
  expect(await statesOf()).toEqual(['resolved critical']);
});

test('changes of more than one transaction are written whole', async () => {
  const bad = Array.from({ length: CHANGES_PER_WRITE + 11 }, () => 'warning' as const);
  await run(0, bad);
  expect(await run(5, bad)).toMatchObject({ outcome: 'recorded', told: bad.length, untold: [] });
  expect(await statesOf()).toEqual(bad.map(() => 'open warning'));
  const events = await received();
  expect(new Set(events.map(({ detail }) => detail.transitionId)).size).toBe(bad.length);
  expect(events).toHaveLength(bad.length);
  expect(await run(10, bad)).toMatchObject({ told: 0 });
});

test('a scope of several pages is read whole, and a run of it writes no more than its changes', async () => {
  const { state } = tellStory('www');
  if (state === undefined) throw new Error('no state');
  const fingerprints = Array.from({ length: 1_200 }, (_, index) => finding(index, 'ok').fingerprint);
  const rows = fingerprints.map((fingerprint) => stateRow(CLUSTER.arn, { ...state, fingerprint, summary: 'x'.repeat(1_000) }));
  // moto copies the whole table for every item of a transaction, and for none of a batch.
  for (let start = 0; start < rows.length; start += 25) {
    const puts = rows.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table()]: puts } }));
  }
  const { states } = await hub.store.read(CLUSTER.arn);
  expect([...states.keys()].sort()).toEqual(fingerprints.toSorted());
  expect(await run(60, ['critical', ...fingerprints.slice(1).map(() => 'warning' as const)])).toMatchObject({
    outcome: 'recorded',
    told: 1,
  });
  expect((await received()).map((event) => event['detail-type'])).toEqual(['Finding Escalated']);
});

describe('a write upon what has changed meanwhile', () => {
  const change = async (takenAt: string) => {
    const { states } = await hub.store.read(CLUSTER.arn);
    const previous = [...states.values()][0];
    if (previous === undefined) throw new Error('no state');
    return { previous, state: { ...previous, changedBy: 'other', changedAt: takenAt } };
  };
  const head = (version: number) => ({ version, runId: 'other', takenAt: timeOf(5), runs: ['other'] });

  it('is a conflict by the version of the scope, and writes nothing', async () => {
    await run(0, ['warning']);
    const changes = [await change(timeOf(5))];
    expect(await hub.store.write(CLUSTER.arn, { head: head(2), expected: undefined, changes })).toBe('conflict');
    expect(await hub.store.write(CLUSTER.arn, { head: head(2), expected: 7, changes })).toBe('conflict');
    expect((await hub.store.read(CLUSTER.arn)).states.get(finding(0, 'ok').fingerprint)?.changedBy).toBe('run-0');
    expect(await hub.store.write(CLUSTER.arn, { head: head(2), expected: 1, changes })).toBe('written');
  });

  it('is a conflict by the state itself', async () => {
    await run(0, ['warning']);
    const changes = [{ ...(await change(timeOf(5))), previous: undefined }];
    expect(await hub.store.write(CLUSTER.arn, { head: head(2), expected: 1, changes })).toBe('conflict');
    expect((await hub.store.read(CLUSTER.arn)).head?.version).toBe(1);
  });

  it('is tried again upon what is there now', async () => {
    await run(0, ['warning']);
    let interfered = false;
    const store = {
      ...hub.store,
      write: async (...[scope, write]: Parameters<typeof hub.store.write>) => {
        if (!interfered) {
          interfered = true;
          await run(5, ['warning']);
        }
        return hub.store.write(scope, write);
      },
    };
    const late = { runId: 'run-10', takenAt: timeOf(10) };
    await recordRun([anAssessment([finding(0, 'critical')])], { store, scope: CLUSTER.arn, run: late, policy: POLICY });
    expect(await statesOf()).toEqual(['open critical']);
    expect((await received()).map((event) => event['detail-type'])).toEqual(['Finding Opened']);
    await endOfRun();
    expect((await received()).map((event) => event['detail-type'])).toEqual(['Finding Escalated']);
  });
});

test('runs at the same time leave one truth', async () => {
  await run(0, ['warning', 'ok']);
  const outcomes = await Promise.all([5, 6, 7].map((minutes) => run(minutes, ['warning', 'warning'])));
  expect(outcomes.map(({ outcome }) => outcome)).not.toContain('failed');
  expect(outcomes.map(({ outcome }) => outcome)).toContain('recorded');
  const { head } = await hub.store.read(CLUSTER.arn);
  expect(head).toMatchObject({ runId: 'run-7', takenAt: timeOf(7) });
  const events = await received();
  const ids = events.map(({ detail }) => detail.transitionId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(events.filter(({ detail }) => detail.finding.resource.id === 'node-0')).toHaveLength(1);
});

test('events that EventBridge did not take wait in the table, and are delivered later by whoever comes', async () => {
  await run(0, ['warning', 'warning']);
  const nowhere = {
    ...hub,
    bus: {
      ...hub.bus,
      eventBridge: new EventBridgeClient({
        region: REGION,
        endpoint: 'http://127.0.0.1:9',
        credentials: moto.credentials,
        maxAttempts: 1,
      }),
    },
  };
  const published = await publishFindings(
    anAssessment([finding(0, 'warning'), finding(1, 'warning')]),
    { runId: 'run-5', takenAt: timeOf(5) },
    POLICY,
    nowhere,
  );
  expect(published).toMatchObject({ outcome: 'recorded', told: 0 });
  expect(published.untold).toHaveLength(2);
  expect(await received()).toEqual([]);
  expect(await endOfRun()).toMatchObject({ told: 2, untold: [] });
  expect(await received()).toHaveLength(2);
  expect(await endOfRun()).toMatchObject({ told: 0, untold: [] });
});

test('an event that was taken out by another run is no failure', async () => {
  await run(0, ['warning']);
  await run(5, ['warning']);
  const event = {
    transitionId: '0'.repeat(32),
    sequence: 1,
    type: 'Finding Opened',
    at: timeOf(5),
    clusterArn: CLUSTER.arn,
    detail: '{}',
  } as const;
  await expect(hub.outbox.told(event)).resolves.toBeUndefined();
});

test('rows expire: the head, the states and the events bear a time in seconds', async () => {
  await run(0, ['warning']);
  const day = 24 * 3600;
  const head = await dynamodb.send(new GetItemCommand({ TableName: table(), Key: marshall(headKey(CLUSTER.arn)) }));
  expect(Number(head.Item?.['expiresAt']?.N)).toBe(Date.parse(timeOf(0)) / 1000 + 90 * day);
  const { states } = await hub.store.read(CLUSTER.arn);
  expect([...states.values()][0]?.expiresAt).toBe(Date.parse(timeOf(0)) / 1000 + 90 * day);
  const recorded = await recordRun([anAssessment([finding(0, 'warning')])], {
    store: hub.store,
    scope: CLUSTER.arn,
    run: { runId: 'run-5', takenAt: timeOf(5) },
    policy: POLICY,
  });
  const [event] = recorded.events;
  if (event === undefined) throw new Error('nothing told');
  const waiting = await dynamodb.send(new GetItemCommand({ TableName: table(), Key: marshall(eventKey(event)) }));
  expect(Number(waiting.Item?.['expiresAt']?.N)).toBe(Date.parse(timeOf(5)) / 1000 + 90 * day);
});

test('a check whose time is over records nothing, and says so', async () => {
  const deployed = { account: ACCOUNT, region: REGION, bucket: 'runs', table: table(), eventBus: 'cniwatch' };
  hub = findingsHub(deployed)(AbortSignal.abort());
  expect(await run(0, ['critical'])).toMatchObject({ outcome: 'failed', problems: [expect.stringContaining('AbortError')] });
  hub = findingsHub(deployed)();
  expect(await statesOf()).toEqual([]);
});

test('a table that is not there is a stated failure, and no error', async () => {
  await dynamodb.send(new DeleteTableCommand({ TableName: table() }));
  expect(await run(0, ['critical'])).toMatchObject({
    outcome: 'failed',
    problems: [expect.stringMatching(/^the findings could not be recorded \(ResourceNotFoundException: /)],
    metrics: [{ name: 'FindingsUnrecorded', value: 1 }],
  });
});

test('a cluster that runs do not see opens a finding of its own, and one that left the fleet closes it', async () => {
  const target = (name: string) => ({ account: ACCOUNT, region: REGION, name, arn: clusterArn(ACCOUNT, REGION, name) });
  const ofFleet = (minutes: number, reasons: Readonly<Record<string, string | undefined>>) =>
    publishFleet(
      Object.entries(reasons).map(([name, reason]) => clusterNotSeen(target(name), reason)),
      { runId: `run-${minutes}`, takenAt: timeOf(minutes) },
      POLICY,
      hub,
    );
  const killed = 'its function ran out of memory.';
  await ofFleet(0, { shop: killed, search: undefined, old: killed });
  await ofFleet(5, { shop: killed, search: undefined, old: killed });
  await ofFleet(10, { shop: undefined, search: undefined });
  await ofFleet(15, { shop: undefined, search: undefined });
  await ofFleet(80, { shop: undefined, search: undefined });
  const told = (await received()).map(
    (event) => `${event['detail-type']} ${event.detail.finding.resource.id} ${event.detail.reason}`,
  );
  expect(told.sort()).toEqual([
    `Finding Opened ${target('old').arn} undefined`,
    `Finding Opened ${target('shop').arn} undefined`,
    `Finding Resolved ${target('old').arn} no-longer-reported`,
    `Finding Resolved ${target('shop').arn} recovered`,
  ]);
});

describe('the lease of a run', () => {
  const calls = new Set<string>();
  beforeAll(() => {
    dynamodb.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          calls.add(`dynamodb:${commandName.replace('Command', '')}`);
          return next(args);
        },
      { step: 'initialize' },
    );
  });

  const at = () => ({ dynamodb, table: table() });
  const ask = (runId: string, minutes: number, scheduled = minutes) =>
    acquireRunLease(at(), { runId, scheduledAt: timeOf(scheduled), now: new Date(timeOf(minutes)), ttlSeconds: 600 });

  it('is held by one run at a time', async () => {
    expect(await ask('a', 0)).toEqual({ outcome: 'acquired' });
    expect(await ask('b', 5)).toEqual({ outcome: 'held', by: 'a', until: timeOf(10) });
    expect(await ask('a', 5)).toEqual({ outcome: 'acquired' });
    expect(await ask('b', 10)).toEqual({ outcome: 'held', by: 'a', until: timeOf(15) });
  });

  it('passes on once it is released, and by its holder only', async () => {
    await ask('a', 0);
    expect(await releaseRunLease(at(), { runId: 'b', now: new Date(timeOf(1)) })).toBe(false);
    expect(await releaseRunLease(at(), { runId: 'a', now: new Date(timeOf(2)) })).toBe(true);
    expect(await ask('b', 5)).toEqual({ outcome: 'acquired' });
  });

  it('expires where a run died', async () => {
    await ask('a', 0);
    expect(await ask('b', 11)).toEqual({ outcome: 'acquired' });
  });

  it('passes to the next start where the run that holds it is known to be over', async () => {
    const request = (runId: string, minutes: number) => ({ runId, scheduledAt: timeOf(minutes), now: new Date(timeOf(minutes)) });
    const enter = (runId: string, minutes: number, running: boolean) =>
      enterRun(at(), request(runId, minutes), async () => running);
    expect(await enter('a', 0, true)).toEqual({ outcome: 'acquired' });
    expect(await enter('b', 5, true)).toMatchObject({ outcome: 'held', by: 'a' });
    expect(await enter('c', 10, false)).toEqual({ outcome: 'acquired' });
    expect(await enter('d', 15, true)).toMatchObject({ outcome: 'held', by: 'c' });
  });

  it('refuses a start that is delivered twice, after its run is over too', async () => {
    await ask('a', 0);
    await releaseRunLease(at(), { runId: 'a', now: new Date(timeOf(2)) });
    expect(await ask('again', 3, 0)).toEqual({ outcome: 'repeated', by: 'a' });
    expect(await ask('b', 5)).toEqual({ outcome: 'acquired' });
  });

  it('goes to exactly one of many that ask at once', async () => {
    const leases = await Promise.all([...'abcdef'].map((runId, index) => ask(runId, 0, index)));
    expect(leases.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
    expect(leases.filter(({ outcome }) => outcome === 'held')).toHaveLength(5);
  });

  it('calls what it declares', async () => {
    calls.clear();
    await ask('a', 0);
    await releaseRunLease(at(), { runId: 'a', now: new Date(timeOf(2)) });
    expect([...calls].sort()).toEqual(LEASE_PERMISSIONS.aws.map(({ action }) => action));
  });

  it('counts a run that was refused', () => {
    const metric = runSkipped({ account: ACCOUNT, region: REGION });
    expect(metric).toEqual({ name: 'RunSkipped', unit: 'Count', dimensions: { Account: ACCOUNT, Region: REGION }, value: 1 });
  });
});
