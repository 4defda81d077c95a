import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import { kubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import { startTally } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { anApiServer, type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';

const PODS = { path: '/api/v1/namespaces/own/pods', apiGroup: '', resource: 'pods' };
const POD = { metadata: { name: 'own-1' }, spec: {} };
const ADVICE = { unreachable: 'open the path', unauthorized: 'make an access entry' };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that answers each method by its own script. */
async function writerTo(replies: { POST?: Reply; DELETE?: Reply }, signal = new AbortController().signal) {
  const methods: string[] = [];
  const server = await anApiServer((response, url, count) => {
    const { method = '' } = response.req;
    methods.push(`${method} ${url.pathname}`);
    const reply = replies[method as 'POST' | 'DELETE'] ?? ((answer) => sendJson(answer, { kind: 'Status', status: 'Success' }));
    reply(response, url, count);
  });
  const connection = connect({ server: server.url, tls: {}, authorization: async () => 'Bearer secret' });
  closing.push(
    () => connection.close(),
    () => server.close(),
  );
  const cluster: Cluster = { connection, advice: ADVICE, signal };
  const tally = startTally(() => undefined);
  return { writer: kubernetesWriter(cluster, tally), methods, server, cluster, tally };
}

async function failureOf(work: Promise<unknown>): Promise<ReadFailure> {
  const outcome = await work.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ReadFailure);
  return outcome as ReadFailure;
}

const created: Reply = (response) => sendJson(response, { ...POD, status: { phase: 'Pending' } }, 201);
const refusing =
  (code: number, message: string): Reply =>
  (response) =>
    sendJson(response, status(code, message), code);

describe('an object that is created', () => {
  it('comes back as the server has it, and is counted as a call', async () => {
    const { writer, tally, server } = await writerTo({ POST: created });
    expect(await writer.create(PODS, POD)).toMatchObject({ status: { phase: 'Pending' } });
    expect(tally.calls).toEqual({ 'POST /api/v1/namespaces/own/pods': 1 });
    expect(server.headers[0]).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer secret' });
  });

  it.each([
    [
      403,
      'pods is forbidden: User "u" cannot create resource "pods" in API group ""',
      'Forbidden',
      /Grant the verb create on pods/,
    ],
    [403, 'pods "own-1" is forbidden: violates PodSecurity "restricted:latest"', 'Forbidden', /admission policy/],
    [403, 'pods "own-1" is forbidden: exceeded quota: probes', 'Forbidden', /quota of the namespace/],
    [404, 'namespaces "own" not found', 'NotServed', /makes the namespace/],
    [409, 'pods "own-1" already exists', 'AlreadyExists', /run again/],
    [422, 'Pod "own-1" is invalid: spec.containers: Required value', 'UnexpectedResponse', /bug of cniwatch/],
    [401, 'Unauthorized', 'Unauthorized', /access entry/],
  ])('is refused with %i %s', async (code, message, failure, remedy) => {
    const { writer, methods } = await writerTo({ POST: refusing(code, message) });
    const said = await failureOf(writer.create(PODS, POD));
    expect(said).toMatchObject({ code: failure, remedy: expect.stringMatching(remedy) });
    expect(said.message).toContain(message);
    expect(methods).toHaveLength(1);
  });

  it('is tried again where the server is busy', async () => {
    const { writer } = await writerTo({
      POST: (response, url, count) =>
        count === 0 ? sendJson(response, status(429, 'busy'), 429, { 'retry-after': '0' }) : created(response, url, count),
    });
    expect(await writer.create(PODS, POD)).toMatchObject({ metadata: { name: 'own-1' } });
  });
});

describe('an object that is deleted', () => {
  it.each([
    ['is gone', (response) => sendJson(response, { kind: 'Status', status: 'Success' }), true],
    ['was gone before', refusing(404, 'pods "own-1" not found'), false],
  ] satisfies [string, Reply, boolean][])('%s', async (_, reply, wanted) => {
    const { writer } = await writerTo({ DELETE: reply });
    expect(await writer.remove(PODS, 'own-1')).toBe(wanted);
  });

  it('goes also when the run is over', async () => {
    const { writer, methods } = await writerTo({}, AbortSignal.abort(new Error('over')));
    expect(await writer.remove(PODS, 'own-1')).toBe(true);
    expect(methods).toEqual(['DELETE /api/v1/namespaces/own/pods/own-1']);
  });
});

describe('an object for a time', () => {
  const both = ['POST /api/v1/namespaces/own/pods', 'DELETE /api/v1/namespaces/own/pods/own-1'];

  it('is deleted after its use', async () => {
    const { writer, methods } = await writerTo({ POST: created });
    expect(await writer.temporarily(PODS, POD, async () => 'used')).toBe('used');
    expect(methods).toEqual(both);
  });

  it('is deleted when its use fails', async () => {
    const { writer, methods } = await writerTo({ POST: created });
    await expect(writer.temporarily(PODS, POD, () => Promise.reject(new Error('no log')))).rejects.toThrow('no log');
    expect(methods).toEqual(both);
  });

  it('is deleted when the run ends while it is used, and the run waits for that', async () => {
    const run = new AbortController();
    const { writer, methods, cluster } = await writerTo({ POST: created }, run.signal);
    const work = writer.temporarily(PODS, POD, () => {
      run.abort(new Error('the deadline'));
      return new Promise(() => undefined);
    });
    await expect(work).rejects.toThrow('the deadline');
    await Promise.all(cluster.unfinished ?? []);
    expect(methods).toEqual(both);
  });

  it('is deleted where the answer to its creation was lost', async () => {
    const { writer, methods } = await writerTo({ POST: (response) => response.destroy() });
    await failureOf(writer.temporarily(PODS, POD, async () => 'used'));
    expect(methods.at(-1)).toBe(both[1]);
  });

  it('is not deleted where it was refused: what bears its name is not ours', async () => {
    const { writer, methods } = await writerTo({ POST: refusing(403, 'User "u" cannot create resource "pods"') });
    expect(await failureOf(writer.temporarily(PODS, POD, async () => 'used'))).toMatchObject({ code: 'Forbidden' });
    expect(methods).toEqual([both[0]]);
  });

  it('lets the answer stand where it cannot be deleted: the next run sweeps', async () => {
    const { writer } = await writerTo({ POST: created, DELETE: refusing(403, 'User "u" cannot delete resource "pods"') });
    expect(await writer.temporarily(PODS, POD, async () => 'used')).toBe('used');
  });
});
