import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { aSystem } from '#test/cli/a-system.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333';
const sns = mockClient(SNSClient);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cniwatch-notify-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => sns.reset());

async function notify(text: string, ...options: readonly string[]) {
  const file = join(folder, 'cniwatch.yaml');
  await writeFile(file, text);
  const system = aSystem();
  const code = await main(['notify', ...options, '--config', file], { version: '0', system });
  return { code, out: system.out(), err: system.err() };
}
const TWO = `notifications: [{ kind: sns, name: day, topic: '${TOPIC}:day' }, { kind: chat, name: chat, topic: '${TOPIC}:chat' }]`;
const topics = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input.TopicArn);

test('every target is sent a test message, and told of', async () => {
  sns.on(PublishCommand).resolves({});
  const { code, out } = await notify(TWO, '--test');
  expect([code, topics()]).toEqual([0, [`${TOPIC}:day`, `${TOPIC}:chat`]]);
  expect(out).toBe(`day: sent (sns ${TOPIC}:day)\nchat: sent (chat ${TOPIC}:chat)\n`);
});

test('one target is chosen by its name', async () => {
  sns.on(PublishCommand).resolves({});
  expect((await notify(TWO, '--test', '--target', 'chat')).code).toBe(0);
  expect(topics()).toEqual([`${TOPIC}:chat`]);
});

test('a target that refuses says why and what to do, and the others are sent theirs', async () => {
  sns.on(PublishCommand).resolves({});
  sns
    .on(PublishCommand, { TopicArn: `${TOPIC}:day` })
    .rejects(Object.assign(new Error('no'), { name: 'AuthorizationErrorException' }));
  const { code, out } = await notify(TWO, '--test');
  expect(code).toBe(3);
  expect(out).toMatch(
    /^day: not sent: SNS refused .*AuthorizationErrorException.*\n {2}Deploy with this cniwatch\.yaml.*\nchat: sent/,
  );
});

test.each<[string, string, string[], RegExp]>([
  ['no targets', 'fleet: []', ['--test'], /names no targets/],
  ['no such target', TWO, ['--test', '--target', 'night'], /has no target night: it has day, chat/],
  ['nothing to do', TWO, [], /--test/],
])('%s is wrong usage', async (_title, text, options, said) => {
  const { code, err } = await notify(text, ...options);
  expect([code, topics()]).toEqual([64, []]);
  expect(err).toMatch(said);
});
