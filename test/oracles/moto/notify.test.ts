/** Notifications through the real SDK: the function keeps events in the table, and SNS, Secrets Manager and an https server get messages. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Notice } from '#lib/model/notification.ts';
import { deliver } from '#lib/publish/notify/deliver.ts';
import { dynamoNoticeStore } from '#lib/publish/notify/dynamo-notice-store.ts';
import type { NoticeStore } from '#lib/publish/notify/notice-store.ts';
import { sender } from '#lib/publish/notify/send.ts';
import { startReceiver } from '#test/publish/notify/https-server.ts';
import { aNotice, aTopic, aWebhook, id, minute } from '#test/publish/notify/notices.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';
import { type Moto, startMoto } from './server.ts';
import { createStateTable } from './state-table.ts';

let moto: Moto;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let sns: SNSClient;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let secrets: SecretsManagerClient;
let store: NoticeStore;
let queue = '';
let topic = '';
let secret = '';
let tables = 0;

beforeAll(async () => {
  [moto, receiver] = await Promise.all([startMoto({ account: ACCOUNT, region: REGION }), startReceiver([{ status: 204 }])]);
  const settings = { region: REGION, endpoint: moto.endpoint, credentials: moto.credentials, maxAttempts: 1 };
  sns = new SNSClient(settings);
  sqs = new SQSClient(settings);
  dynamodb = new DynamoDBClient(settings);
  secrets = new SecretsManagerClient(settings);
  topic = (await sns.send(new CreateTopicCommand({ Name: 'oncall' }))).TopicArn ?? '';
  queue = (await sqs.send(new CreateQueueCommand({ QueueName: 'mail' }))).QueueUrl ?? '';
  const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:mail`;
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint }));
  secret = (await secrets.send(new CreateSecretCommand({ Name: 'hook', SecretString: 'key' }))).ARN ?? '';
});
afterAll(async () => {
  await Promise.all([moto?.stop(), receiver?.close()]);
});
beforeEach(async () => {
  tables += 1;
  await createStateTable(dynamodb, `notices-${tables}`);
  store = dynamoNoticeStore({ dynamodb, table: `notices-${tables}` });
});

const sendWith = () =>
  sender({
    sns: () => sns,
    secrets: () => secrets,
    now: () => minute(1),
    connect: { ca: receiver.ca, permits: () => true },
  });
const mail = () => aTopic({ topic });
const attempt = (target: ReturnType<typeof aTopic> | ReturnType<typeof aWebhook>, at = 1, by = 'a') =>
  deliver({ store, target, targets: [target], send: sendWith(), most: 100, now: minute(at), by, leaseMs: 180_000 });

test('what is accepted is told once, in one message with a subject, and is gone from the table', async () => {
  for (const number of [1, 2, 1]) await store.accept('mail', aNotice({ id: id(number), fingerprint: `f${number}` }), minute(0));
  expect(await attempt(mail())).toEqual({ outcome: 'sent', notices: 2, more: false });
  expect(await store.read('mail')).toEqual({
    version: 2,
    waiting: [],
    progress: { lastSentAt: minute(1).toISOString(), more: false },
  });
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }));
  expect(Messages.map(({ Body = '{}' }) => JSON.parse(Body))).toMatchObject([
    { Subject: expect.stringMatching(/^CRITICAL shop .* \+1 more$/), Message: expect.stringContaining('2 critical') },
  ]);
  expect(await store.accept('mail', aNotice(), minute(2))).toBe(false);
});

test('of several senders at once one has the claim', async () => {
  await store.accept('mail', aNotice(), minute(0));
  const outcomes = await Promise.all(['a', 'b', 'c'].map((by) => attempt(mail(), 1, by)));
  expect(outcomes.filter(({ outcome }) => outcome === 'sent')).toHaveLength(1);
});

test('a claim that its holder left ends by itself, and its holder can settle nothing any more', async () => {
  await store.accept('mail', aNotice(), minute(0));
  const wanted = { version: 0, by: 'dead', now: minute(1), until: minute(4) };
  const claim = await store.claim('mail', wanted);
  expect(claim).toBeDefined();
  expect((await attempt(mail(), 3)).outcome).toBe('held');
  expect((await attempt(mail(), 4)).outcome).toBe('sent');
  if (claim) await store.settle(claim, {});
  expect((await store.read('mail')).progress).toMatchObject({ lastSentAt: minute(4).toISOString() });
});

test('a webhook is signed with the secret; one that is not there is told, and the notice stays', async () => {
  await store.accept('hook', aNotice(), minute(0));
  const missing = await attempt(aWebhook({ url: receiver.url, secret: `${secret}x` }));
  expect(missing).toMatchObject({ outcome: 'failed', waiting: 1, reason: expect.stringContaining('ResourceNotFoundException') });
  expect(await attempt(aWebhook({ url: receiver.url, secret }), 2)).toMatchObject({ outcome: 'sent' });
  expect(receiver.received.map(({ body }) => JSON.parse(body).notices.map((notice: Notice) => notice.id))).toEqual([[id(1)]]);
});

test('a topic that is gone is told with what to do, and nothing is lost', async () => {
  const gone = (await sns.send(new CreateTopicCommand({ Name: 'gone' }))).TopicArn ?? '';
  await sns.send(new DeleteTopicCommand({ TopicArn: gone }));
  await store.accept('mail', aNotice(), minute(0));
  const failed = await attempt(aTopic({ topic: gone }));
  expect(failed).toMatchObject({ outcome: 'failed', remedy: expect.stringMatching(/^The topic is gone/), waiting: 1 });
  expect(await store.read('mail')).toMatchObject({
    waiting: [{ notice: { id: id(1) } }],
    progress: { failing: { attempts: 1 } },
  });
});
