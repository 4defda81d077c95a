import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { execInPod, type PodCommand } from '#lib/collect/kubernetes/exec.ts';
import { startTally } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { status } from '#test/collect/kubernetes/an-api-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Script {
  /** Once the socket is open. */
  readonly open?: (socket: WebSocket) => void;
  /** In place of a socket. */
  readonly refuse?: { readonly code: number; readonly body: object | string };
  /** Of the subprotocols that the server knows. */
  readonly protocols?: readonly string[];
  /** Takes the connection and says nothing. */
  readonly silent?: true;
}

/** An API server that answers each exec by a script, and what it was asked. */
async function execOn({ open, refuse, protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'], silent }: Script) {
  const asked: { url: URL; authorization: string | undefined }[] = [];
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].find((one) => protocols.includes(one)) ?? false,
  });
  const server = createServer();
  const connections = new Set<Socket>();
  server.on('connection', (socket) => connections.add(socket));
  server.on('upgrade', (request, socket, head) => {
    asked.push({ url: new URL(request.url ?? '', 'http://localhost'), authorization: request.headers.authorization });
    if (silent) return;
    if (refuse !== undefined) {
      const body = typeof refuse.body === 'string' ? refuse.body : JSON.stringify(refuse.body);
      socket.end(`HTTP/1.1 ${refuse.code} Refused\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (one) => open?.(one));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = connect({ server: `${url}/base`, tls: {}, authorization: async () => 'Bearer secret' });
  closing.push(
    () => connection.close(),
    () => {
      for (const socket of connections) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  );
  return { connection, asked };
}

const ADVICE = { unreachable: 'open the path', unauthorized: 'make an access entry' };
const COMMAND: PodCommand = {
  namespace: 'kube-system',
  pod: 'cilium-1',
  container: 'cilium-agent',
  command: ['cilium-dbg', 'status', '-o', 'json'],
  limit: 100,
  timeout: 20_000,
};

async function run(script: Script, over: Partial<PodCommand> = {}, signal = new AbortController().signal) {
  const { connection, asked } = await execOn(script);
  const tally = startTally(() => undefined);
  const outcome = execInPod({ connection, advice: ADVICE, signal }, tally, { ...COMMAND, ...over });
  return { outcome: await outcome.catch((error: unknown) => error), asked, tally };
}

const say = (socket: WebSocket, channel: number, text: string) =>
  socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
const end = (socket: WebSocket, body: object) => {
  say(socket, 3, JSON.stringify(body));
  socket.close();
};
const SUCCESS = { status: 'Success' };
const exit = (code: string) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: `command terminated with exit code ${code}`,
  details: { causes: [{ reason: 'ExitCode', message: code }] },
});
const internal = (message: string) => ({ status: 'Failure', reason: 'InternalError', message, code: 500 });

describe('a command', () => {
  it('is asked of its container, word by word, without a shell', async () => {
    const { asked, tally } = await run({ open: (socket) => end(socket, SUCCESS) });
    const { url, authorization } = asked[0] ?? {};
    expect(url?.pathname).toBe('/base/api/v1/namespaces/kube-system/pods/cilium-1/exec');
    expect([...(url?.searchParams ?? [])]).toEqual([
      ['container', 'cilium-agent'],
      ['stdout', 'true'],
      ['stderr', 'true'],
      ['command', 'cilium-dbg'],
      ['command', 'status'],
      ['command', '-o'],
      ['command', 'json'],
    ]);
    expect(authorization).toBe('Bearer secret');
    expect(tally.calls).toEqual({ 'GET pods/exec': 1 });
  });

  it.each<[string, object, number]>([
    ['that ends well', SUCCESS, 0],
    ['that ends with a code of its own', exit('3'), 3],
  ])('%s answers with its output', async (_, body, exitCode) => {
    const open = (socket: WebSocket) => {
      say(socket, 1, '{"one":');
      say(socket, 2, 'a warning');
      say(socket, 1, '1}');
      end(socket, body);
    };
    expect((await run({ open })).outcome).toEqual({ exitCode, stdout: '{"one":1}', stderr: 'a warning' });
  });

  it('is run by a server that knows only the older protocol', async () => {
    const { outcome } = await run({ protocols: ['v4.channel.k8s.io'], open: (socket) => end(socket, SUCCESS) });
    expect(outcome).toMatchObject({ exitCode: 0 });
  });

  it.each([
    'Internal error occurred: OCI runtime exec failed: exec failed: unable to start container process: exec: "cilium-dbg": executable file not found in $PATH: unknown',
    'error executing command in container: exec: "/usr/bin/cilium-dbg": stat /usr/bin/cilium-dbg: no such file or directory',
  ])('that the container does not have is 127: %s', async (message) => {
    const { outcome } = await run({ open: (socket) => end(socket, internal(message)) });
    expect(outcome).toEqual({ exitCode: 127, stdout: '', stderr: message.replace('Internal error occurred: ', '') });
  });

  it('whose output is as long as it may be is read, and its stderr is kept in part', async () => {
    const open = (socket: WebSocket) => {
      say(socket, 1, 'x'.repeat(100));
      for (let at = 0; at < 3; at += 1) say(socket, 2, 'e'.repeat(3000));
      end(socket, SUCCESS);
    };
    const { outcome } = await run({ open });
    expect(outcome).toEqual({ exitCode: 0, stdout: 'x'.repeat(100), stderr: 'e'.repeat(4096) });
  });
});

describe('a command that could not be run', () => {
  const DENIED =
    'pods "cilium-1" is forbidden: User "u" cannot create resource "pods/exec" in API group "" in the namespace "kube-system"';
  it.each<[string, Script, string, RegExp, RegExp]>([
    [
      'is not allowed',
      { refuse: { code: 403, body: status(403, DENIED) } },
      'Forbidden',
      /cannot create/,
      /get and create on pods\/exec in the namespace kube-system/,
    ],
    [
      'is allowed by get and not by create',
      { refuse: { code: 403, body: status(403, 'pods "cilium-1" is forbidden: ') } },
      'Forbidden',
      /is forbidden/,
      /get and create on pods\/exec in the namespace kube-system/,
    ],
    [
      'is refused by a policy',
      { refuse: { code: 403, body: status(403, 'admission webhook "x" denied it') } },
      'Forbidden',
      /webhook/,
      /admission policy/,
    ],
    [
      'by whom nobody knows',
      { refuse: { code: 401, body: status(401, 'Unauthorized') } },
      'Unauthorized',
      /does not know who asks/,
      /access entry/,
    ],
    [
      'has no pod',
      { refuse: { code: 404, body: status(404, 'pods "cilium-1" not found') } },
      'NotServed',
      /not found/,
      /Run again/,
    ],
    [
      'has no such container',
      { refuse: { code: 400, body: status(400, 'container cilium-agent is not valid for pod cilium-1') } },
      'NotServed',
      /no running container cilium-agent/,
      /describe pod/,
    ],
    [
      'has a kubelet that is not reached',
      { refuse: { code: 500, body: status(500, 'error dialing backend: dial tcp 10.0.1.2:10250: i/o timeout') } },
      'ServiceError',
      /dialing backend/,
      /TCP 10250/,
    ],
    [
      'meets a sign-in page',
      { refuse: { code: 200, body: '<html>Sign in</html>' } },
      'UnexpectedResponse',
      /answered 200/,
      /proxy/,
    ],
    [
      'meets a server that knows none of the protocols',
      { protocols: [] },
      'UnexpectedResponse',
      /no WebSocket was opened/,
      /proxy/,
    ],
    [
      'has a container that is not there any more',
      { open: (socket) => end(socket, internal('unable to upgrade connection: container not found ("cilium-agent")')) },
      'NotServed',
      /no running container/,
      /--previous/,
    ],
    [
      'fails in the runtime',
      { open: (socket) => end(socket, internal('OCI runtime exec failed: out of memory')) },
      'ServiceError',
      /out of memory/,
      /kubelet/,
    ],
    [
      'ends with a status that is none',
      {
        open: (socket) => {
          say(socket, 3, 'what');
          socket.close();
        },
      },
      'ServiceError',
      /without a word/,
      /kubelet/,
    ],
    [
      'is cut off',
      {
        open: (socket) => {
          say(socket, 1, 'half');
          socket.terminate();
        },
      },
      'TruncatedResponse',
      /cut off/,
      /kubelet/,
    ],
    [
      'is closed before its end',
      {
        open: (socket) => {
          say(socket, 1, 'half');
          socket.close();
        },
      },
      'TruncatedResponse',
      /cut off/,
      /kubelet/,
    ],
    [
      'writes too much',
      {
        open: (socket) => {
          say(socket, 1, 'x'.repeat(60));
          say(socket, 1, 'x'.repeat(60));
        },
      },
      'UnexpectedResponse',
      /more than the 100 bytes/,
      /by hand/,
    ],
    [
      'writes far too much at once',
      { open: (socket) => say(socket, 1, 'x'.repeat(100_000)) },
      'UnexpectedResponse',
      /more than the 100 bytes/,
      /by hand/,
    ],
  ])('since it %s', async (_, script, code, reason, remedy) => {
    const { outcome } = await run(script);
    expect(outcome).toBeInstanceOf(ReadFailure);
    expect(outcome).toMatchObject({ code, message: expect.stringMatching(reason), remedy: expect.stringMatching(remedy) });
  });

  it('since the server cannot be reached', async () => {
    const { connection } = await execOn({});
    await closing.pop()?.();
    const signal = new AbortController().signal;
    const outcome = execInPod(
      { connection, advice: ADVICE, signal },
      startTally(() => undefined),
      COMMAND,
    );
    await expect(outcome).rejects.toMatchObject({ code: 'ClusterUnreachable', remedy: 'open the path' });
  });
});

describe('the time of a command', () => {
  it.each<[string, Script]>([
    ['no socket', { silent: true }],
    ['no end', { open: (socket) => say(socket, 1, 'still') }],
  ])('is over where there is %s', async (_, script) => {
    const { outcome } = await run(script, { timeout: 50 });
    expect(outcome).toMatchObject({ code: 'DeadlineExceeded', message: expect.stringContaining('not over within 0.05 s') });
  });

  it("ends with the run's own, whose failure it is", async () => {
    const controller = new AbortController();
    const open = () => controller.abort(new ReadFailure('Cancelled', 'cancelled.', 'run again.'));
    expect((await run({ open }, {}, controller.signal)).outcome).toMatchObject({ code: 'Cancelled' });
  });
});
