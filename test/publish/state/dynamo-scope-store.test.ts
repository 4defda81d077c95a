/** What moto cannot be brought to answer: capacity, transactions at the same time, rows of another version. */
import { DynamoDBClient, QueryCommand, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, test } from 'vitest';
import { dynamoScopeStore } from '#lib/publish/state/dynamo-scope-store.ts';
import { headKey, RowUnreadable, stateRow } from '#lib/publish/state/state-rows.ts';
import { CLUSTER, tellStory, timeOf } from '#test/publish/state/stories.ts';

const client = mockClient(DynamoDBClient);
const store = dynamoScopeStore({ dynamodb: new DynamoDBClient({ region: 'eu-west-1' }), table: 'state' });
beforeEach(() => client.reset());

const write = () =>
  store.write(CLUSTER.arn, {
    head: { version: 1, runId: 'run', takenAt: timeOf(0), runs: ['run'] },
    expected: undefined,
    changes: [],
  });
const cancelled = (...codes: (string | undefined)[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: `Transaction cancelled (${codes.join(', ')})`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

test.each([
  [['ConditionalCheckFailed'], 'conflict'],
  [['None', 'ConditionalCheckFailed', 'None'], 'conflict'],
  [['TransactionConflict'], 'conflict'],
  [['TransactionConflict', 'ConditionalCheckFailed', undefined], 'conflict'],
  [['ThrottlingError'], 'throttled'],
  [['ProvisionedThroughputExceeded', 'None'], 'throttled'],
  [['ThrottlingError', 'ConditionalCheckFailed'], 'throttled'],
])('a transaction that is cancelled for %j is %s', async (codes, outcome) => {
  client.on(TransactWriteItemsCommand).rejects(cancelled(...codes));
  expect(await write()).toBe(outcome);
});

test.each([[['ValidationError']], [['ItemCollectionSizeLimitExceeded', 'ConditionalCheckFailed']], [[]]])(
  'a transaction that is cancelled for %j, which no repetition cures, is an error',
  async (codes) => {
    client.on(TransactWriteItemsCommand).rejects(cancelled(...codes));
    await expect(write()).rejects.toThrow(/Transaction cancelled/);
  },
);

it('reads on over all pages, whatever is on them', async () => {
  const { state } = tellStory('ww');
  if (state === undefined) throw new Error('no state');
  const head = { version: 3, runId: 'run', takenAt: timeOf(0), runs: ['run'] };
  client
    .on(QueryCommand)
    .resolvesOnce({ Items: [marshall({ ...headKey(CLUSTER.arn), ...head })], LastEvaluatedKey: marshall({ pk: 'a', sk: 'b' }) })
    .resolvesOnce({ Items: [], LastEvaluatedKey: marshall({ pk: 'a', sk: 'c' }) })
    .resolvesOnce({ Items: [stateRow(CLUSTER.arn, state)] });
  expect(await store.read(CLUSTER.arn)).toEqual({ head, states: new Map([[state.fingerprint, state]]) });
});

it('names a row that it cannot read, and says what to do', async () => {
  const row = marshall({ pk: 'SCOPE#a', sk: 'FINDING#f', status: 'half-open' });
  client.on(QueryCommand).resolves({ Items: [row] });
  const read = store.read(CLUSTER.arn);
  await expect(read).rejects.toThrow(RowUnreadable);
  await expect(read).rejects.toThrow(/row SCOPE#a FINDING#f .*update it, or delete the row/);
});
