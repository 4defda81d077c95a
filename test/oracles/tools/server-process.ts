import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The server runs below a small shell that watches its own standard input, a pipe held by this process: when the pipe closes,
 * because the test asked for it or because the test process died, the shell stops the server. Nothing else is ever killed.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- & server=$!
( cat <&3 >/dev/null; kill "$server" 2>/dev/null ) & watch=$!
exec 3<&-
wait "$server"; code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

export interface ServerProcess {
  /** What it printed last, for the message of a failure. */
  log(): string;
  /** Asks it to end, and makes it end after ten seconds. */
  stop(): Promise<void>;
}

/** A server that ended before it was ready, or never was. */
export class ServerNotReady extends Error {
  override readonly name = 'ServerNotReady';
}

export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked every 100 ms until it answers true; a throw counts as not yet. */
  ready(): Promise<boolean>;
}

/** Starts a server and waits until it is ready. */
export async function startServer({ name, command, args, env, ready }: ServerOptions): Promise<ServerProcess> {
  // A group of its own, so that Ctrl-C reaches the test alone and the end of the test ends the server.
  const child = spawn('sh', ['-c', KEEPER, name, command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-20_000);
    });
  }
  const server = { log: () => printed, stop: () => end(child) };
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new ServerNotReady(
        `${name} ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${printed.slice(-4000)}`,
      );
    }
    if (await ready().catch(() => false)) return server;
    await sleep(100);
  }
  await server.stop();
  throw new ServerNotReady(`${name} was not ready after two minutes:\n${printed.slice(-4000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const group = -child.pid;
  const closed = once(child, 'close');
  const impatience = setTimeout(() => process.kill(group, 'SIGKILL'), 10_000);
  child.stdin?.end();
  await closed;
  clearTimeout(impatience);
}

/** Ports of the loopback address that nothing listens on, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
