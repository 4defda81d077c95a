import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { bodyBeginning } from '#lib/collect/kubernetes/body-beginning.ts';
import { cutShort, type ExecRequest, notOpened, notOver, overflow, refusedExec } from '#lib/collect/kubernetes/exec-failure.ts';
import { execOutcome } from '#lib/collect/kubernetes/exec-status.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import type { Tally } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** A command for one container, without a shell and without input. */
export interface PodCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Bytes of stdout; a longer one is not to be trusted, and is a failure. */
  readonly limit: number;
  /** Milliseconds until it must be over. */
  readonly timeout: number;
}

export interface Executed {
  /** 127 where the container has no such command, as a shell says it. */
  readonly exitCode: number;
  readonly stdout: string;
  /** The beginning of it, or what the container's runtime says. */
  readonly stderr: string;
}

/**
 * Runs a command in a container. Never repeated: a node that does not answer is a finding of its own.
 * @throws ReadFailure where it could not be run, or its end was not seen
 */
export type PodExec = (command: PodCommand) => Promise<Executed>;

/**
 * The first byte of a message names its channel; the last one is a Status. Source: k8s.io/apimachinery pkg/util/remotecommand/constants.go.
 */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** Bytes. */
const STDERR_LIMIT = 4 * 1024;
const BODY_LIMIT = 4 * 1024;
/** Bytes of a message of stderr or of a status, which may be longer than stdout may be: servers copy 32 KiB at a time. */
const OTHER_MESSAGES = 64 * 1024;

export async function execInPod(cluster: Cluster, tally: Tally, given: PodCommand): Promise<Executed> {
  if (cluster.unreachable !== undefined) throw cluster.unreachable;
  const { connection, advice, signal } = cluster;
  const { namespace, pod, container, command, limit, timeout } = given;
  const request: ExecRequest = { namespace, pod, container, command, server: connection.server, advice };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const query = new URLSearchParams([
    ['container', container],
    ['stdout', 'true'],
    ['stderr', 'true'],
    ...command.map((word): [string, string] => ['command', word]),
  ]);
  const late = AbortSignal.timeout(timeout);
  tally.call('GET pods/exec');
  const socket = await connection.webSocket(path, query, PROTOCOLS, limit + OTHER_MESSAGES);
  try {
    return await Promise.race([conversation(socket, request, limit), aborted(AbortSignal.any([signal, late]))]);
  } catch (error) {
    signal.throwIfAborted();
    throw late.aborted ? notOver(request, timeout) : error;
  } finally {
    socket.terminate();
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

function conversation(socket: WebSocket, request: ExecRequest, limit: number): Promise<Executed> {
  const { promise, resolve, reject } = Promise.withResolvers<Executed>();
  // Whoever waits may be gone by then: its time was over.
  promise.catch(() => undefined);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let opened = false;
  const text = (chunks: readonly Buffer[], most: number) => Buffer.concat(chunks).toString('utf8', 0, most);
  socket.once('open', () => {
    opened = true;
  });
  socket.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') reject(overflow(request, limit));
    else reject(opened ? cutShort(request) : notOpened(error, request));
  });
  socket.once('close', () => reject(cutShort(request)));
  socket.once('unexpected-response', (_, response) => refusal(response, request).then(reject, reject));
  socket.on('message', (message: Buffer) => {
    const data = message.subarray(1);
    switch (message[0]) {
      case STDOUT:
        stdout.push(data);
        if (bytes(stdout) > limit) reject(overflow(request, limit));
        return;
      case STDERR:
        if (bytes(stderr) < STDERR_LIMIT) stderr.push(data);
        return;
      case STATUS: {
        const outcome = execOutcome(data.toString(), request);
        if (outcome instanceof ReadFailure) return reject(outcome);
        const { exitCode, said = text(stderr, STDERR_LIMIT) } = outcome;
        return resolve({ exitCode, stdout: text(stdout, limit), stderr: said });
      }
    }
  });
  return promise;
}

const bytes = (chunks: readonly Buffer[]) => chunks.reduce((sum, { length }) => sum + length, 0);

/** The API server answered, and not with a WebSocket. */
async function refusal(response: IncomingMessage, request: ExecRequest): Promise<ReadFailure> {
  const { text } = await bodyBeginning(response, BODY_LIMIT).catch(() => ({ text: '' }));
  return refusedExec(response.statusCode ?? 0, text, request);
}
