import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { kubeconfigAccess } from '#lib/collect/kubernetes/kubeconfig-access.ts';
import { kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { startTally } from '#lib/collect/progress.ts';
import { anApiServer, page, sendJson } from '#test/collect/kubernetes/an-api-server.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-kubeconfig-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function file(name: string, config: unknown): Promise<string> {
  const at = path.join(folder, name);
  // JSON is YAML.
  await writeFile(at, typeof config === 'string' ? config : JSON.stringify(config));
  return at;
}

function config(user: object, cluster: object = {}, context = 'here'): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: `${context}-cluster`, cluster: { server: 'https://127.0.0.1:6443/base', ...cluster } }],
    users: [{ name: `${context}-user`, user }],
    contexts: [{ name: context, context: { cluster: `${context}-cluster`, user: `${context}-user` } }],
  };
}

describe('kubeconfigAccess', () => {
  const entries: readonly [string, object, string | undefined][] = [
    ['a token', { token: 'abc' }, 'Bearer abc'],
    ['a name and a password', { username: 'ann', password: 'b:c' }, `Basic ${Buffer.from('ann:b:c').toString('base64')}`],
    ['a client certificate alone', { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' }, undefined],
    [
      'an exec plugin',
      {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1beta1',
          command: process.execPath,
          args: ['-e', 'console.log(JSON.stringify({ status: { token: "from-exec" } }))'],
        },
      },
      'Bearer from-exec',
    ],
  ];
  it.each(entries)('enters by %s', async (_, user, authorization) => {
    const access = await kubeconfigAccess({ path: await file('config', config(user)) })();
    expect(access.server).toBe('https://127.0.0.1:6443/base');
    expect(await access.authorization()).toBe(authorization);
  });

  it("takes the cluster's certificate authority, server name and verification, and the user's certificate", async () => {
    const user = { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' };
    const cluster = { 'certificate-authority-data': 'Q0E=', 'tls-server-name': 'api.example' };
    const { tls } = await kubeconfigAccess({ path: await file('config', config(user, cluster)) })();
    expect({ ca: String(tls.ca), cert: String(tls.cert), key: String(tls.key) }).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY' });
    expect(tls.servername).toBe('api.example');
    const careless = await kubeconfigAccess({ path: await file('other', config({}, { 'insecure-skip-tls-verify': true })) })();
    expect(careless.tls.rejectUnauthorized).toBe(false);
  });

  it('takes the context it is told, of the files that KUBECONFIG names', async () => {
    const first = await file('one', config({ token: 'one' }, {}, 'one'));
    const second = await file('two', config({ token: 'two' }, {}, 'two'));
    vi.stubEnv('KUBECONFIG', [first, second].join(path.delimiter));
    expect(await (await kubeconfigAccess()()).authorization()).toBe('Bearer one');
    expect(await (await kubeconfigAccess({ context: 'two' })()).authorization()).toBe('Bearer two');
  });

  /** Lists pods by a kubeconfig whose cluster is this. */
  async function list(cluster: object): Promise<number[]> {
    const access = await kubeconfigAccess({ path: await file('config', config({ token: 'x' }, cluster)) })();
    const connection = connect(access);
    const entered = { connection, advice: { unreachable: '', unauthorized: '' }, signal: new AbortController().signal };
    return kubernetesReader(
      entered,
      startTally(() => undefined),
    )
      .list({ path: '/api/v1/pods', apiGroup: '', resource: 'pods' }, () => 1)
      .finally(() => connection.close());
  }

  async function aTlsServer(): Promise<{ port: number; ca: string; close(): void }> {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const server = createServer({ key: pems.private, cert: pems.cert }, (_, response) => sendJson(response, page(['a'])));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { port: (server.address() as AddressInfo).port, ca: Buffer.from(pems.cert).toString('base64'), close };
  }

  it('reads a list over TLS with that certificate authority, and no other', async () => {
    const { port, ca, close } = await aTlsServer();
    const server = `https://127.0.0.1:${port}`;
    expect(await list({ server, 'certificate-authority-data': ca })).toEqual([1]);
    await expect(list({ server })).rejects.toMatchObject({
      code: 'ClusterUnreachable',
      remedy: expect.stringMatching(/certificate authority/),
    });
    close();
  });

  it("goes through the cluster's proxy", async () => {
    const { port, ca, close } = await aTlsServer();
    const asked: (string | undefined)[] = [];
    const proxy = createPlainServer().on('connect', (request: IncomingMessage, socket: Socket) => {
      asked.push(request.url);
      const onward = createConnection(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const server = `https://127.0.0.1:${port}`;
    expect(await list({ server, 'certificate-authority-data': ca, 'proxy-url': proxyUrl })).toEqual([1]);
    expect(asked).toEqual([`127.0.0.1:${port}`]);
    proxy.close();
    close();
  });

  it('goes over plain HTTP, as to `kubectl proxy`', async () => {
    const server = await anApiServer((response) => sendJson(response, page(['a', 'b'])));
    expect(await list({ server: server.url })).toEqual([1, 1]);
    await server.close();
  });

  it('names a missing file', async () => {
    const missing = path.join(folder, 'nowhere');
    await expect(kubeconfigAccess({ path: missing })()).rejects.toMatchObject({
      code: 'InputMissing',
      message: expect.stringContaining(`${missing} does not exist`),
      remedy: expect.stringContaining('update-kubeconfig'),
    });
  });

  it('names an unknown context, and those there are', async () => {
    const at = await file('config', config({}));
    await expect(kubeconfigAccess({ path: at, context: 'there' })()).rejects.toMatchObject({
      code: 'InputMissing',
      message: expect.stringMatching(/no context "there": its contexts are here/),
    });
  });

  it.each([
    ['no YAML', '{{{'],
    ['a list', '- 1'],
    ['empty', ''],
  ])('names a file that is %s', async (_, text) => {
    await expect(kubeconfigAccess({ path: await file('config', text) })()).rejects.toMatchObject({ code: 'InputMissing' });
  });

  it.each([
    ['is not there', { command: path.join('/', 'nowhere', 'aws'), args: [] }, /ENOENT/],
    [
      'fails',
      { command: process.execPath, args: ['-e', 'console.error("Token has expired"); process.exit(1)'] },
      /Token has expired/,
    ],
  ])('names an exec plugin that %s', async (_, exec, said) => {
    const at = await file('config', config({ exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', ...exec } }));
    await expect(kubeconfigAccess({ path: at })()).rejects.toMatchObject({
      code: 'NoCredentials',
      message: expect.stringMatching(said),
    });
  });
});
