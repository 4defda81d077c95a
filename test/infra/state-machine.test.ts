import aslValidator from 'asl-validator';
import { expect, test } from 'vitest';
import { runId } from '#lib/publish/run-keys.ts';
import { definitionOf, execute, type Surroundings } from '#test/infra/state-machine.ts';
import { synthesisedHub } from '#test/infra/synthesised-hub.ts';

const definition = definitionOf(synthesisedHub());
const NAME = 'b1f0c6d2-6f0e-4b0c-9a9d-3d5d0f4c1e11';
const Id = `arn:aws:states:eu-west-1:111122223333:execution:Hub:${NAME}`;
const StartTime = '2026-11-24T08:00:00.000Z';
const context = { Execution: { StartTime, Name: NAME, Id } };
const RUN = `2026-11-24T080000.000Z-${NAME}`;
const target = (name: string) => ({ account: '111122223333', region: 'eu-west-1', name, arn: `arn:${name}` });
const discovered = {
  outcome: 'discovered',
  runId: RUN,
  bucket: 'b',
  key: 'runs/r/targets.json',
  count: 2,
  concurrency: 1,
  unread: [] as unknown[],
};
const summarised = { outcome: 'summarised', runId: RUN, key: 'k', expected: 2, reported: 2 };
const unread = (region: string) => ({ region, code: 'AccessDenied', reason: `${region} denied.`, remedy: 'Grant it.' });

/** The three functions as given, with what they were asked. */
function surroundings(answers: { discover?: unknown; check?: (name: string) => unknown; summarise?: unknown }) {
  const asked: [string, unknown][] = [];
  const given: Surroundings = {
    invoke: async (id, payload) => {
      const name = id.replace(/Function[0-9A-F]{8}$/, '');
      asked.push([name, payload]);
      if (name === 'Discover') return answers.discover ?? discovered;
      if (name === 'Summarise') return answers.summarise ?? summarised;
      return (answers.check ?? (() => ({ outcome: 'checked', verdict: 'ok' })))(
        (payload as { target: { name: string } }).target.name,
      );
    },
    readItems: async (bucket, key) => {
      asked.push(['S3', { bucket, key }]);
      return [target('a'), target('b')];
    },
  };
  return { given, asked };
}

test('the definition is valid Amazon States Language, in JSONata but for the Map', () => {
  const inJsonPath = Object.entries(definition.States).filter(([, { QueryLanguage }]) => QueryLanguage !== 'JSONata');
  expect(inJsonPath.map(([name]) => name)).toEqual(['check every cluster']);
  const { isValid, errorsText } = aslValidator(structuredClone(definition));
  expect(errorsText()).toBe('');
  expect(isValid).toBe(true);
});

test('a validator that passes everything would be of no use', () => {
  const broken = { ...structuredClone(definition), StartAt: 'nowhere' };
  expect(aslValidator(broken).isValid).toBe(false);
});

test('a run discovers, checks every target and sums up, with payloads by reference', async () => {
  const { given, asked } = surroundings({});
  const run = await execute(definition, given, context, {});
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'summarised', unread: [] } });
  expect(asked).toEqual([
    ['Discover', { runId: RUN, scheduledAt: StartTime, execution: Id, maxConcurrency: 10 }],
    ['S3', { bucket: expect.stringMatching(/^Runs/), key: 'runs/r/targets.json' }],
    ['CheckCluster', { runId: RUN, target: target('a') }],
    ['CheckCluster', { runId: RUN, target: target('b') }],
    ['Summarise', { runId: RUN, unread: [] }],
  ]);
});

test('a start of the schedule is known by the time that the schedule meant', async () => {
  const { given, asked } = surroundings({});
  await execute(definition, given, context, { scheduledAt: '2026-11-24T07:59:00Z' });
  expect(asked[0]).toEqual(['Discover', { runId: RUN, scheduledAt: '2026-11-24T07:59:00Z', execution: Id, maxConcurrency: 10 }]);
});

test.each([{}, { scheduledAt: '<aws.scheduler.scheduled-time>' }])(
  'a start whose input is %o has its own time',
  async (input) => {
    const { given, asked } = surroundings({});
    await execute(definition, given, context, input);
    expect(asked[0]).toEqual(['Discover', { runId: RUN, scheduledAt: StartTime, execution: Id, maxConcurrency: 10 }]);
  },
);

test('a run that another is ahead of ends at once, in good order', async () => {
  const { given, asked } = surroundings({ discover: { outcome: 'skipped', why: 'held', by: 'another' } });
  const run = await execute(definition, given, context, {});
  expect(run).toMatchObject({ status: 'SUCCEEDED', path: ['discover', 'any targets?', 'skipped'] });
  expect(asked).toHaveLength(1);
});

test('a cluster with a runner is checked there, by a role where that is in another account', async () => {
  const { given, asked } = surroundings({});
  const arn = (account: string) => `arn:aws:lambda:eu-west-1:${account}:function:cniwatch-runner-vpc-0a1b2c3d`;
  const near = { ...target('near'), runner: { functionArn: arn('111122223333') } };
  const roleArn = 'arn:aws:iam::444455556666:role/cniwatch-runner-vpc-0a1b2c3d-invoker';
  const far = { ...target('far'), runner: { functionArn: arn('444455556666'), roleArn } };
  const run = await execute(definition, { ...given, readItems: async () => [near, far] }, context, {});
  expect(asked.slice(1, 3)).toEqual([
    ['cniwatch-runner-vpc-0a1b2c3d', { runId: RUN, target: near }],
    [`cniwatch-runner-vpc-0a1b2c3d as ${roleArn}`, { runId: RUN, target: far }],
  ]);
  expect(run.path).toContain('check every cluster/check-cluster in a runner');
  expect(run.path).toContain("check every cluster/check-cluster in another account's runner");
});

test('a cluster whose runner is not there is checked by the hub', async () => {
  const { given, asked } = surroundings({});
  const runner = { functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:cniwatch-runner-vpc-0a1b2c3d' };
  const alone = { ...target('alone'), runner };
  const invoke = async (id: string, payload: unknown) => {
    if (id.startsWith('cniwatch-runner-')) throw new Error('Function not found');
    return given.invoke(id, payload);
  };
  const run = await execute(definition, { invoke, readItems: async () => [alone] }, context, {});
  expect(run.status).toBe('SUCCEEDED');
  expect(asked[1]).toEqual(['CheckCluster', { runId: RUN, target: alone }]);
});

test('the id of the run may stand in an S3 key', () => expect(runId.parse(RUN)).toBe(RUN));

test('a cluster whose check throws is recorded and stops no other', async () => {
  const { given, asked } = surroundings({
    check: (name) => {
      if (name === 'a') throw new Error('Runtime exited');
      return { outcome: 'checked', verdict: 'ok' };
    },
  });
  const run = await execute(definition, given, context, {});
  expect(run.status).toBe('SUCCEEDED');
  expect(run.path.filter((state) => state.startsWith('check every cluster/'))).toEqual([
    'check every cluster/in a runner?',
    'check every cluster/check-cluster',
    'check every cluster/check-cluster failed',
    'check every cluster/in a runner?',
    'check every cluster/check-cluster',
  ]);
  expect(asked.at(-1)?.[0]).toBe('Summarise');
});

test('a fleet of no clusters is summed up without a Map', async () => {
  const { given } = surroundings({ discover: { ...discovered, count: 0 } });
  const run = await execute(definition, given, context, {});
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    path: ['discover', 'any targets?', 'summarise', 'every Region read?', 'done'],
  });
});

test.each([
  ['one Region', [unread('eu-west-1')], 'eu-west-1: eu-west-1 denied. Grant it.'],
  [
    'two Regions',
    [unread('eu-west-1'), unread('us-east-1')],
    'eu-west-1: eu-west-1 denied. Grant it.\nus-east-1: us-east-1 denied. Grant it.',
  ],
])('%s that could not be listed fails the run, after the others were checked', async (_title, regions, cause) => {
  const { given, asked } = surroundings({ discover: { ...discovered, unread: regions } });
  const run = await execute(definition, given, context, {});
  expect(run).toMatchObject({ status: 'FAILED', error: 'RegionsUnread', cause });
  expect(asked.at(-1)).toEqual(['Summarise', { runId: RUN, unread: regions }]);
});

test.each([
  [
    'a configuration that is not valid',
    { discover: { outcome: 'invalid-config', reason: 'line 3: no such key' } },
    'line 3: no such key',
  ],
  ['an event that is not valid', { summarise: { outcome: 'invalid-event', reason: 'runId is missing' } }, 'runId is missing'],
])('%s fails the run with the reason', async (_title, answers, cause) => {
  const { given } = surroundings(answers);
  const run = await execute(definition, given, context, {});
  expect(run).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/^invalid-/), cause });
});

test('a target with a name such as JSONata would not leave whole arrives as it is', async () => {
  const { given, asked } = surroundings({});
  const odd = { ...target('a'), name: '{% $now() %}' };
  await execute(definition, { ...given, readItems: async () => [odd] }, context, {});
  expect(asked.find(([name]) => name === 'CheckCluster')?.[1]).toEqual({ runId: RUN, target: odd });
});

interface Task {
  readonly Type: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
}
test('tasks are retried on faults of the Lambda service only', () => {
  const map = definition.States['check every cluster']?.['ItemProcessor'] as typeof definition;
  const tasks = [...Object.values(definition.States), ...Object.values(map.States)].filter(
    ({ Type }) => Type === 'Task',
  ) as Task[];
  expect(tasks).toHaveLength(5);
  for (const { Retry } of tasks)
    expect(Retry?.flatMap(({ ErrorEquals }) => ErrorEquals).every((name) => name.startsWith('Lambda.'))).toBe(true);
});

test('the Map runs Standard children from the targets in S3, a few at a time, and tolerates every failure', () => {
  expect(definition.States['check every cluster']).toMatchObject({
    Type: 'Map',
    MaxConcurrencyPath: '$.concurrency',
    ToleratedFailurePercentage: 100,
    ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSON' } },
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
  });
});

test('every state is named by a verb of the flow, or by the question that it decides', () => {
  expect(Object.keys(definition.States).sort()).toEqual([
    'Regions unread',
    'any targets?',
    'check every cluster',
    'discover',
    'done',
    'every Region read?',
    'refused',
    'skipped',
    'summarise',
  ]);
});
