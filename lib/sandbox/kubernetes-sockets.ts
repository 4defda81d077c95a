import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Answer } from '#lib/sandbox/aws-answer.ts';
import type { FaultAnswer } from '#lib/sandbox/fault.ts';
import type { Executed } from '#lib/sandbox/kubernetes-exec.ts';
import { status } from '#lib/sandbox/kubernetes-status.ts';

/** Source: k8s.io/apimachinery pkg/util/remotecommand/constants.go. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
});

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Answers a request for a WebSocket, as `fault` lets it. */
export async function answerUpgrade(
  upgrade: Upgrade,
  answer: () => Answer | Executed,
  fault: FaultAnswer | undefined,
): Promise<void> {
  const { socket } = upgrade;
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'drop':
      socket.destroy();
      return;
    case 'error':
      return refuse(socket, status(fault.status, fault.code, fault.message ?? fault.code));
    case 'html':
      return refuse(socket, { status: fault.status, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' });
    case 'delay':
      await sleep(fault.ms);
  }
  const given = answer();
  if (!('stdout' in given)) return refuse(socket, given);
  sockets.handleUpgrade(upgrade.request, socket, upgrade.head, (open) => {
    if (fault?.kind === 'truncate') tell(open, { stdout: given.stdout.slice(0, given.stdout.length / 2) }).terminate();
    else tell(open, given).close();
  });
}

function tell(open: WebSocket, { stdout, stderr = '', status: end }: Partial<Executed>): WebSocket {
  const send = (channel: number, text: string) => open.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  if (stdout) send(STDOUT, stdout);
  if (stderr) send(STDERR, stderr);
  if (end !== undefined) send(STATUS, JSON.stringify(end));
  return open;
}

/** An answer over a socket that no ServerResponse has. */
function refuse(socket: Duplex, { status: code, headers, body }: Answer): void {
  const fields = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
