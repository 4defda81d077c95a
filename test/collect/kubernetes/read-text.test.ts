import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { proxiedFailure } from '#lib/collect/kubernetes/proxied-failure.ts';
import { readText } from '#lib/collect/kubernetes/read-text.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { anApiServer, type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';

const PATH = '/api/v1/namespaces/kube-system/pods/aws-node-1:61678/proxy/metrics';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function ask(reply: Reply, over: { limit?: number; timeout?: number; signal?: AbortSignal } = {}): Promise<string> {
  const server = await anApiServer(reply);
  closing.push(() => server.close());
  return askAt(server.url, over);
}

function askAt(server: string, { limit = 100, signal = new AbortController().signal, ...over } = {}): Promise<string> {
  const connection = connect({ server, tls: {}, authorization: async () => undefined });
  closing.push(() => connection.close());
  const advice = { unreachable: 'open the path', unauthorized: 'make an access entry' };
  const request = { operation: `GET ${PATH}`, apiGroup: '', resource: 'pods/proxy', verb: 'get', server, advice } as const;
  return readText(connection, PATH, { limit, query: {}, refusal: proxiedFailure, signal, request, ...over });
}

const failureOf = async (work: Promise<unknown>) => {
  const outcome = await work.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ReadFailure);
  return outcome as ReadFailure;
};
const plain =
  (body: string | Buffer, code = 200, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end(body);

describe('an answer from behind the proxy', () => {
  it.each<[string, Reply, string]>([
    ['as it is', plain('awscni_eni_max 3\n'), 'awscni_eni_max 3\n'],
    ['compressed', plain(gzipSync('a 1'), 200, { 'content-encoding': 'gzip' }), 'a 1'],
    ['of exactly the limit', plain('x'.repeat(100)), 'x'.repeat(100)],
    ['empty', plain(''), ''],
  ])('%s', async (_, reply, wanted) => {
    expect(await ask(reply)).toBe(wanted);
  });
});

describe('what goes wrong is named, and never blames the API server for a pod', () => {
  it.each<[string, Reply, string, RegExp]>([
    [
      'RBAC refuses: the API server says so in a Status',
      (response) => sendJson(response, status(403, 'pods "aws-node-1:61678" is forbidden'), 403),
      'Forbidden',
      /is forbidden/,
    ],
    ['nobody knows who asks', (response) => sendJson(response, status(401, 'Unauthorized'), 401), 'Unauthorized', /401/],
    ['the pod itself refuses', plain('go away', 403), 'ServiceError', /answered 403: go away\.$/],
    [
      'nothing listens there',
      (response) => sendJson(response, status(503, 'dial tcp 10.0.0.10:61678: connect: connection refused'), 503),
      'ServiceError',
      /connection refused\.$/,
    ],
    [
      'the pod is gone',
      (response) => sendJson(response, status(404, 'pods "aws-node-1" not found'), 404),
      'ServiceError',
      /not found/,
    ],
    ['more than is read', plain('x'.repeat(101)), 'UnexpectedResponse', /more than the 100 bytes/],
    [
      'half an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '50' });
        response.write('a 1\n', () => response.destroy());
      },
      'TruncatedResponse',
      /broke off/,
    ],
    ['compressed rubbish', plain('not gzip', 200, { 'content-encoding': 'gzip' }), 'TruncatedResponse', /broke off/],
  ])('%s', async (_, reply, code, message) => {
    expect(await failureOf(ask(reply))).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, Reply]>([
    ['before it says anything', () => undefined],
    ['in the middle', (response) => void response.writeHead(200).write('a 1\n')],
  ])('it hangs %s', async (_, reply) => {
    const failure = await failureOf(ask(reply, { timeout: 40 }));
    expect(failure).toMatchObject({ code: 'DeadlineExceeded', message: expect.stringContaining('within 0.04 s') });
  });

  it('no server at all', async () => {
    const server = await anApiServer(() => undefined);
    await server.close();
    expect(await failureOf(askAt(server.url))).toMatchObject({ code: 'ClusterUnreachable', remedy: 'open the path' });
  });

  it('the end of the run is its own reason', async () => {
    const run = new AbortController();
    const reason = new ReadFailure('Cancelled', 'The run was ended.', 'Run again.');
    const asked = ask(() => run.abort(reason), { signal: run.signal });
    await expect(asked).rejects.toBe(reason);
  });

  it('a flood is not taken in: the connection is closed after the limit', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const flood: Reply = (response) => {
      response.on('close', closed);
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    };
    expect(await failureOf(ask(flood))).toMatchObject({ code: 'UnexpectedResponse' });
    await gone;
  });
});
