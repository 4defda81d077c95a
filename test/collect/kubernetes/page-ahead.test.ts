import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { startTally } from '#lib/collect/progress.ts';
import { anApiServer, page, type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';

const PODS = { path: '/api/v1/pods', apiGroup: '', resource: 'pods' };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function list(reply: Reply) {
  const server = await anApiServer(reply);
  closing.push(() => server.close());
  const connection = connect({ server: server.url, tls: {}, authorization: async () => undefined });
  closing.push(() => connection.close());
  const tally = startTally(() => undefined);
  const cluster = { connection, advice: { unreachable: '', unauthorized: '' }, signal: new AbortController().signal };
  const names = await kubernetesReader(cluster, tally).list(PODS, (item) => metadata(item).name);
  return { names, tally, server };
}

/** A page as an API server writes it: what it is, then its objects. */
function parts(names: readonly string[], token: string): readonly [string, string] {
  const text = JSON.stringify(page(names, token));
  const at = text.indexOf('"items":[') + '"items":['.length;
  return [text.slice(0, at), text.slice(at)];
}

test('the next page is asked for before this one has ended', async () => {
  let secondAsked = () => undefined as unknown;
  const asked = new Promise<void>((resolve) => {
    secondAsked = () => resolve();
  });
  const { names, tally } = await list(async (response, url) => {
    if (url.searchParams.has('continue')) {
      secondAsked();
      return sendJson(response, page(['c']));
    }
    const [before, items] = parts(['a', 'b'], 'one');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(before);
    // The objects come only once the second page has been asked for.
    await asked;
    response.end(items);
  });
  expect(names).toEqual(['a', 'b', 'c']);
  expect(tally.calls).toEqual({ 'GET /api/v1/pods': 2 });
  expect(tally.pages).toBe(2);
});

/** Sends the first page whole; the second breaks off half-way for as often as `times`. */
function secondPageBreaks(times: number, send: (response: ServerResponse, text: string) => void): Reply {
  let left = times;
  return (response, url) => {
    if (!url.searchParams.has('continue')) return sendJson(response, page(['a', 'b'], 'one'));
    if (left-- > 0) return send(response, JSON.stringify(page(['c', 'd'])));
    return sendJson(response, page(['c', 'd']));
  };
}

test.each<[string, (response: ServerResponse, text: string) => void]>([
  [
    'plain',
    (response, text) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
    },
  ],
  [
    'compressed',
    (response, text) => {
      const body = gzipSync(text);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    },
  ],
  ['never begun', (response) => response.destroy()],
])('a page that breaks while it waits is asked for again: %s', async (_, send) => {
  const { names } = await list(secondPageBreaks(1, send));
  expect(names).toEqual(['a', 'b', 'c', 'd']);
});

test('a page that must be read again does not ask twice for the next', async () => {
  let first = true;
  const { names, server } = await list((response, url) => {
    if (url.searchParams.has('continue')) return sendJson(response, page(['c']));
    if (!first) return sendJson(response, page(['a', 'b'], 'one'));
    first = false;
    const [before, items] = parts(['a', 'b'], 'one');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(before + items.slice(0, 10), () => response.destroy());
  });
  expect(names).toEqual(['a', 'b', 'c']);
  expect(server.requests.filter((request) => request.includes('continue=one'))).toHaveLength(1);
});

test('a token that leads back is not followed ahead of time', async () => {
  const outcome = await list((response) => sendJson(response, page(['a'], 'again'))).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ code: 'PageTokenLoop' });
});

test('an expired token starts the list anew', async () => {
  let expired = false;
  const { names } = await list((response, url) => {
    if (!url.searchParams.has('continue')) return sendJson(response, page(['a'], 'one'));
    if (expired) return sendJson(response, page(['b']));
    expired = true;
    return sendJson(response, status(410, 'too old'), 410);
  });
  expect(names).toEqual(['a', 'b']);
});
