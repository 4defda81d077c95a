import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { type KubernetesReader, kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { startTally } from '#lib/collect/progress.ts';
import { ABSENT } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { type ApiServer, anApiServer, page, type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';

const PODS = { path: '/api/v1/pods', apiGroup: '', resource: 'pods' };
const ADVICE = { unreachable: 'open the path', unauthorized: 'make an access entry' };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function readerOf(server: string, signal = new AbortController().signal, tally = startTally(() => undefined)) {
  const connection = connect({ server, tls: {}, authorization: async () => 'Bearer secret' });
  closing.push(() => connection.close());
  return { reader: kubernetesReader({ connection, advice: ADVICE, signal }, tally), tally };
}

async function scripted(
  reply: Reply,
): Promise<{ server: ApiServer; reader: KubernetesReader; tally: ReturnType<typeof startTally> }> {
  const server = await anApiServer(reply);
  closing.push(() => server.close());
  return { server, ...readerOf(server.url) };
}

function names(reader: KubernetesReader): Promise<string[]> {
  return reader.list(PODS, (item) => metadata(item).name);
}

async function failureOf(work: Promise<unknown>): Promise<ReadFailure> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ReadFailure);
  return outcome as ReadFailure;
}

describe('a Kubernetes list', () => {
  it('follows the pages to the end, by limit and continue', async () => {
    const { server, reader, tally } = await scripted((response, url) => {
      const token = url.searchParams.get('continue');
      if (token === null) sendJson(response, page(['a', 'b'], 'one'));
      else if (token === 'one') sendJson(response, page([], 'two'));
      else sendJson(response, page(['c']));
    });
    expect(await names(reader)).toEqual(['a', 'b', 'c']);
    expect(server.requests[1]).toBe('/api/v1/pods?limit=500&continue=one');
    expect(server.headers[0]).toMatchObject({ authorization: 'Bearer secret', accept: 'application/json' });
    expect(tally.calls).toEqual({ 'GET /api/v1/pods': 3 });
    expect(tally.pages).toBe(3);
  });

  it('keeps the base path of the server', async () => {
    const server = await anApiServer((response) => sendJson(response, page(['a'])));
    closing.push(() => server.close());
    const { reader } = readerOf(`${server.url}/k8s/clusters/c-1/`);
    expect(await names(reader)).toEqual(['a']);
    expect(server.requests).toEqual(['/k8s/clusters/c-1/api/v1/pods?limit=500']);
  });

  it('takes gzip', async () => {
    const { reader } = await scripted((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(page(['a', 'b']))));
    });
    expect(await names(reader)).toEqual(['a', 'b']);
  });

  it('takes `items: null`, as Go writes an empty list', async () => {
    const { reader } = await scripted((response) => sendJson(response, { kind: 'PodList', metadata: {}, items: null }));
    expect(await names(reader)).toEqual([]);
  });

  const passing: readonly [string, (response: ServerResponse) => void][] = [
    ['429 with Retry-After', (response) => sendJson(response, status(429, 'slow'), 429, { 'retry-after': '0' })],
    ['500', (response) => sendJson(response, status(500, 'etcd'), 500, { 'retry-after': '0' })],
    ['503 in HTML', (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<html>unavailable')],
    ['a reset connection', (response) => response.socket?.destroy()],
    ['a body that is cut', cut],
  ];
  it.each(passing)('asks again after %s', async (_, trouble) => {
    const { reader, tally } = await scripted((response, _url, count) => {
      if (count === 0) trouble(response);
      else sendJson(response, page(['a', 'b', 'c']));
    });
    expect(await names(reader)).toEqual(['a', 'b', 'c']);
    expect(tally.calls).toEqual({ 'GET /api/v1/pods': 2 });
    expect(tally.pages).toBe(1);
  });

  it('starts over when a continue token has expired, and leaves out what it had', async () => {
    const { reader } = await scripted((response, url, count) => {
      if (count === 1) sendJson(response, status(410, 'the provided continue parameter is too old'), 410);
      else if (url.searchParams.has('continue')) sendJson(response, page(['c']));
      else sendJson(response, page(count === 0 ? ['gone'] : ['a', 'b'], 'next'));
    });
    expect(await names(reader)).toEqual(['a', 'b', 'c']);
  });

  /** Each failure's code, and a word of its reason and of its remedy. */
  const failing: readonly [string, Reply, string, RegExp, RegExp][] = [
    ['401', always(401, 'Unauthorized'), 'Unauthorized', /does not know who asks/, /make an access entry/],
    [
      '403',
      always(403, 'pods is forbidden: User "cniwatch" cannot list resource "pods" in API group "" at the cluster scope'),
      'Forbidden',
      /User "cniwatch" cannot list/,
      /Grant the verb list on pods/,
    ],
    ['404', always(404, 'the server could not find the requested resource'), 'NotServed', /does not serve pods/, /server URL/],
    ['429 on every attempt', always(429, 'too many requests'), 'Throttled', /every attempt/, /later/],
    ['502 on every attempt', always(502, 'bad gateway'), 'ServiceError', /502/, /health of the API server/],
    ['a redirect', (response) => response.writeHead(302, { location: '/login' }).end(), 'UnexpectedResponse', /302/, /sign-in/],
    [
      'HTML where JSON was due',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Sign in</title> to your network'),
      'UnexpectedResponse',
      /text\/html instead of JSON: "Sign in to your network"/,
      /proxy/,
    ],
    ['JSON that is no list', (response) => sendJson(response, status(200, 'ok')), 'UnexpectedResponse', /kind Status/, /proxy/],
    [
      'text that says it is JSON',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('null and void'),
      'UnexpectedResponse',
      /not answered with a list/,
      /proxy/,
    ],
    [
      'an object without a name',
      (response) => sendJson(response, { kind: 'PodList', items: [{ metadata: { name: 7 } }] }),
      'UnexpectedResponse',
      /without metadata.name/,
      /rewrites/,
    ],
    ['a body that is cut on every attempt', cut, 'TruncatedResponse', /cut off in the middle/, /load balancer/],
    [
      'JSON that ends early in a whole body',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"PodList","items":[{"meta'),
      'TruncatedResponse',
      /cut off in the middle/,
      /load balancer/,
    ],
    [
      'a page token that loops',
      (response) => sendJson(response, page(['a'], 'again')),
      'PageTokenLoop',
      /never ends/,
      /Run again/,
    ],
    [
      'an expired token, time and again',
      (response, url) =>
        url.searchParams.has('continue') ? sendJson(response, status(410, 'expired'), 410) : sendJson(response, page(['a'], 'x')),
      'ListExpired',
      /ages faster/,
      /Run again/,
    ],
  ];
  it.each(failing)('names %s', async (_, reply, code, reason, remedy) => {
    const { reader } = await scripted(reply);
    const failure = await failureOf(names(reader));
    expect(failure).toMatchObject({ code, message: expect.stringMatching(reason), remedy: expect.stringMatching(remedy) });
    expect(failure.message).not.toContain('secret');
  });

  it('names a server that nobody listens at, with the advice for this cluster', async () => {
    const server = await anApiServer(() => undefined);
    await server.close();
    const failure = await failureOf(names(readerOf(server.url).reader));
    expect(failure).toMatchObject({ code: 'ClusterUnreachable', remedy: 'open the path' });
  });

  it('does not try a server again that could not be reached', async () => {
    const { server, reader } = await scripted((response) => response.socket?.destroy());
    expect((await failureOf(names(reader))).code).toBe('ClusterUnreachable');
    const tries = server.requests.length;
    expect((await failureOf(names(reader))).code).toBe('ClusterUnreachable');
    expect((await failureOf(reader.discovery())).code).toBe('ClusterUnreachable');
    expect(server.requests).toHaveLength(tries);
  });

  it('ends with the run, in the middle of a body too', async () => {
    const controller = new AbortController();
    const server = await anApiServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"kind":"PodList","items":[');
      setTimeout(() => controller.abort(new ReadFailure('Cancelled', 'over', 'again')), 20);
    });
    closing.push(() => server.close());
    const failure = await failureOf(names(readerOf(server.url, controller.signal).reader));
    expect(failure.code).toBe('Cancelled');
  });
});

describe("a CNI's own kind", () => {
  const KIND = { group: 'crd.k8s.amazonaws.com', resource: 'eniconfigs' };
  const read = (reader: KubernetesReader) => listCustom(reader, KIND, (item, version) => `${version}/${metadata(item).name}`);

  it('is listed at the first version that serves it, asking once what there is', async () => {
    const { server, reader, tally } = await scripted((response, url) => {
      if (url.pathname !== '/apis') return sendJson(response, page(['default']));
      sendJson(response, {
        kind: 'APIGroupDiscoveryList',
        items: [
          {
            metadata: { name: KIND.group },
            versions: [
              { version: 'v1', resources: [{ resource: 'others' }], freshness: 'Current' },
              { version: 'v1alpha1', resources: [{ resource: 'eniconfigs' }], freshness: 'Current' },
            ],
          },
        ],
      });
    });
    expect(await read(reader)).toEqual(['v1alpha1/default']);
    expect(await read(reader)).toEqual(['v1alpha1/default']);
    expect(tally.calls).toEqual({ 'GET /apis': 1, 'GET /apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs': 2 });
    expect(server.headers[0]?.accept).toContain('APIGroupDiscoveryList');
  });

  it('is listed at the preferred version where the server tells groups only', async () => {
    const { reader } = await scripted((response, url) => {
      if (url.pathname !== '/apis') return sendJson(response, page(['default']));
      const versions = [{ version: 'v1alpha1' }, { version: 'v2' }];
      sendJson(response, { kind: 'APIGroupList', groups: [{ name: KIND.group, versions, preferredVersion: { version: 'v2' } }] });
    });
    expect(await read(reader)).toEqual(['v2/default']);
  });

  const absent: readonly [string, Reply][] = [
    ['its group is not served', (response) => sendJson(response, { kind: 'APIGroupList', groups: [] })],
    [
      'its group is served without it',
      (response) =>
        sendJson(response, {
          kind: 'APIGroupDiscoveryList',
          items: [{ metadata: { name: KIND.group }, versions: [{ version: 'v1', resources: [] }] }],
        }),
    ],
    [
      'only its list says so',
      (response, url) =>
        url.pathname === '/apis'
          ? sendJson(response, { kind: 'APIGroupList', groups: [{ name: KIND.group, versions: [{ version: 'v1' }] }] })
          : sendJson(response, status(404, 'the server could not find the requested resource'), 404),
    ],
  ];
  it.each(absent)('is absent where %s', async (_, reply) => {
    expect(await read((await scripted(reply)).reader)).toBe(ABSENT);
  });

  it('is never absent where discovery failed', async () => {
    const { reader } = await scripted((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    expect((await failureOf(read(reader))).code).toBe('UnexpectedResponse');
  });

  it('is never absent where discovery is not one', async () => {
    const { reader } = await scripted((response) => sendJson(response, page([])));
    expect((await failureOf(read(reader))).code).toBe('UnexpectedResponse');
  });
});

function always(code: number, message: string): Reply {
  return (response) => sendJson(response, status(code, message), code, { 'retry-after': '0' });
}

function cut(response: ServerResponse): void {
  const body = JSON.stringify(page(['x', 'y']));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
  response.write(body.slice(0, -20), () => response.socket?.destroy());
}
