import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, test } from 'vitest';
import { webhookBody } from '#lib/model/notification.ts';
import { composeMessage } from '#lib/publish/notify/message.ts';
import { type Secrets, SecretUnavailable } from '#lib/publish/notify/secret.ts';
import { sendWebhook, type WebhookPorts } from '#lib/publish/notify/send-webhook.ts';
import { type Reply, startReceiver } from '#test/publish/notify/https-server.ts';
import { aNotice, aWebhook, id, minute } from '#test/publish/notify/notices.ts';

const KEY = 'a key that both sides know';
const message = composeMessage([aNotice(), aNotice({ id: id(2), fingerprint: 'f2', verdict: 'warning' })], {
  target: 'hook',
  at: minute(5),
});
let servers: Awaited<ReturnType<typeof startReceiver>>[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

function secretsOf(get: Secrets['get'] = async () => KEY) {
  const forgotten: string[] = [];
  return { forgotten, get, forget: (arn: string) => void forgotten.push(arn) };
}

async function send(replies: readonly Reply[], over: Partial<WebhookPorts> = {}, url = (server: { url: string }) => server.url) {
  const server = await startReceiver(replies);
  servers.push(server);
  const pauses: number[] = [];
  const secrets = secretsOf();
  const sent = await sendWebhook(aWebhook({ url: url(server) }), message, {
    secrets,
    now: () => minute(5),
    pause: async (milliseconds) => void pauses.push(milliseconds),
    connect: { ca: server.ca, permits: (address) => address === '127.0.0.1', timeoutMs: 60_000 },
    ...over,
  });
  return { sent, server, pauses, forgotten: secrets.forgotten };
}

test('a message is one signed POST of JSON, as its schema says', async () => {
  const { sent, server } = await send([{ status: 204 }]);
  expect(sent).toEqual({ outcome: 'sent' });
  expect(server.received).toHaveLength(1);
  const [request] = server.received;
  expect(request).toMatchObject({
    method: 'POST',
    path: '/cniwatch?team=a',
    headers: { 'content-type': 'application/json', 'x-cniwatch-message': message.id },
  });
  const body = JSON.parse(request?.body ?? '');
  expect(webhookBody.strict().parse(body)).toEqual(body);
  expect(body.notices.map((notice: { id: string }) => notice.id)).toEqual([id(1), id(2)]);
  const seconds = minute(5).getTime() / 1_000;
  const digest = createHmac('sha256', KEY).update(`${seconds}.${request?.body}`).digest('hex');
  expect(request?.headers['x-cniwatch-signature']).toBe(`t=${seconds},v1=${digest}`);
});

describe('an answer', () => {
  it.each<[string, Reply[], string, number]>([
    ['429, then 200, is tried again', [{ status: 429 }, { status: 200 }], 'sent', 2],
    ['500 twice, then 200, is tried again', [{ status: 500 }, { status: 502 }, { status: 200 }], 'sent', 3],
    ['503 each time is left for later', [{ status: 503 }], 'answered 503', 3],
    ['400 is not repeated', [{ status: 400, body: 'bad <b>field</b>' }], 'answered 400 (bad <b>field</b>)', 1],
    ['404 is not repeated', [{ status: 404 }], 'answered 404', 1],
    [
      'of a redirect is not followed',
      [{ status: 302, headers: { location: 'https://localhost/other' } }, { status: 200 }],
      'answered 302',
      1,
    ],
    ['200 that never ends is a success', [{ status: 200, hangs: 'after-headers' }], 'sent', 1],
    ['500 without an end, then 200, is tried again', [{ status: 500, body: 'x'.repeat(1_000_000) }, { status: 200 }], 'sent', 2],
  ])('%s', async (_title, replies, expected, requests) => {
    const { sent, server } = await send(replies);
    expect(sent.outcome === 'sent' ? 'sent' : sent.reason).toContain(expected);
    expect(server.received).toHaveLength(requests);
  });

  it('that asks for a pause gets it; for a long one it is left alone', async () => {
    const short = await send([{ status: 429, headers: { 'retry-after': '7' } }, { status: 200 }]);
    expect(short).toMatchObject({ sent: { outcome: 'sent' }, pauses: [7_000] });
    const long = await send([{ status: 429, headers: { 'retry-after': '600' } }]);
    expect(long).toMatchObject({ sent: { outcome: 'failed' }, pauses: [] });
  });

  it.each([401, 403])('%i makes the key be read anew, as after a rotation', async (status) => {
    const { sent, forgotten } = await send([{ status }]);
    expect(sent).toMatchObject({ outcome: 'failed', remedy: expect.stringContaining('the key that is in the secret') });
    expect(forgotten).toEqual([aWebhook().secret]);
  });

  it('that does not come in time is tried again, and left for later', async () => {
    const server = await startReceiver([{ status: 200, hangs: 'before' }]);
    servers.push(server);
    const connect = { ca: server.ca, permits: () => true, timeoutMs: 50 };
    const { sent } = await send([{ status: 200 }], { connect }, () => server.url);
    expect(sent).toMatchObject({ outcome: 'failed', reason: `localhost:${server.port} did not answer in time` });
  });
});

describe('nothing is connected to', () => {
  it.each([
    ['by a name that leads to the loopback address', (server: { url: string }) => server.url],
    ['by such an address itself', ({ url }: { url: string }) => url.replace('localhost', '127.0.0.1')],
    ['by the address of the metadata service', () => 'https://169.254.169.254/latest/meta-data/'],
    ['by a private address', () => 'https://10.0.0.8/'],
    ['by a private IPv6 address', () => 'https://[fd00::1]/'],
    ['by a private address inside an IPv6 one', () => 'https://[::ffff:10.0.0.8]/'],
  ])('%s', async (_title, url) => {
    const { sent, server, pauses } = await send([{ status: 200 }], { connect: {} }, url);
    expect(sent).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('no address of the public internet') });
    expect([server.received, pauses]).toEqual([[], []]);
  });

  it('where the certificate is not trusted', async () => {
    const { sent, server } = await send([{ status: 200 }], { connect: { permits: () => true } });
    expect(sent).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/could not be reached \(.*SIGNED.*\)/) });
    expect(server.received).toEqual([]);
  });
});

test('a secret that cannot be read says what to do, and nothing is sent unsigned', async () => {
  const secrets = secretsOf(() => Promise.reject(new SecretUnavailable('the secret is gone', 'Make it.')));
  const { sent, server } = await send([{ status: 200 }], { secrets });
  expect(sent).toEqual({ outcome: 'failed', reason: 'the secret is gone', remedy: 'Make it.' });
  expect(server.received).toEqual([]);
});

test('what a URL may hide is in no reason', async () => {
  const { sent } = await send([{ status: 500 }], {}, ({ url }) => url.replace('team=a', 'token=hunter2'));
  expect(JSON.stringify(sent)).not.toContain('hunter2');
});
