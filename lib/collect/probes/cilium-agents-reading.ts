import type { Executed } from '#lib/collect/kubernetes/exec.ts';
import { lastWordsOf } from '#lib/collect/probes/cilium-agents-last-words.ts';
import { hasBpfFilesystem } from '#lib/collect/probes/cilium-agents-mounts.ts';
import { ciliumPeersOf } from '#lib/collect/probes/cilium-agents-peers.ts';
import { ciliumStatusOf } from '#lib/collect/probes/cilium-agents-status.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { CILIUM_AGENT, type CiliumAgentReading, type CiliumStatus } from '#lib/model/cilium-agent.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Until Cilium 1.15 the client inside of the agent's image was called `cilium`. Source: Cilium 1.15 upgrade notes. */
const STATUS = [
  ['cilium-dbg', 'status', '-o', 'json'],
  ['cilium', 'status', '-o', 'json'],
] as const;
const HEALTH = ['cilium-health', 'status', '-o', 'json'] as const;
const MOUNTS = ['cat', '/proc/mounts'] as const;

/** Bytes: both list every node of the cluster, and the agent's controllers are some hundreds. */
const LIMIT = 4 * 1024 * 1024;
/** Milliseconds. */
const TIMEOUT = 10_000;
const COMMAND_NOT_FOUND = 127;

type Reading = Omit<CiliumAgentReading, 'nodeName' | 'podName'>;

/**
 * Asks one agent. What it does not answer is stated.
 * @throws ReadFailure where nobody may ask: a failure of the source, and not of an agent
 */
export async function readCiliumAgent(sources: Sources, pod: Pod): Promise<Reading & { readonly timedOut: boolean }> {
  const container = pod.containers.find(({ name }) => name === CILIUM_AGENT);
  if (pod.phase !== 'Running' || container?.waitingReason !== undefined) {
    const state = container?.waitingReason ?? pod.phase;
    return { unread: `Its agent does not run (${state}).`, timedOut: false, ...(await lastWordsOf(sources, pod)) };
  }
  const status = await asked(() => askStatus(sources, pod), ciliumStatusOf);
  if ('unread' in status) return status;
  const mounts = await asked(() => run(sources, pod, MOUNTS), hasBpfFilesystem);
  const peers = isProbing(status.said) ? await asked(() => run(sources, pod, HEALTH), ciliumPeersOf) : undefined;
  return {
    status: status.said,
    timedOut: false,
    ...('unread' in mounts ? { bpfUnread: mounts.unread } : { bpfMounted: mounts.said }),
    ...(peers === undefined ? {} : 'unread' in peers ? { peersUnread: peers.unread } : { peers: peers.said }),
  };
}

/** An agent that is told not to probe its peers says nothing of cilium-health. Source: cilium pkg/status/status_collector.go. */
function isProbing({ components }: CiliumStatus): boolean {
  const health = components.find(({ name }) => name === 'cilium-health');
  return health !== undefined && health.state !== 'Disabled';
}

async function askStatus(sources: Sources, pod: Pod): Promise<Executed> {
  const [present, former] = STATUS;
  const answer = await run(sources, pod, present);
  return answer.exitCode === COMMAND_NOT_FOUND ? run(sources, pod, former) : answer;
}

function run({ exec }: Sources, { namespace, name }: Pod, command: readonly string[]): Promise<Executed> {
  return exec({ namespace, pod: name, container: CILIUM_AGENT, command, limit: LIMIT, timeout: TIMEOUT });
}

/** What `parse` makes of an answer, or why there is none, as a sentence. `parse` answers a clause where it is not what was asked for. */
async function asked<T>(
  ask: () => Promise<Executed>,
  parse: (stdout: string) => T | { readonly malformed: string },
): Promise<{ readonly said: T } | { readonly unread: string; readonly timedOut: boolean }> {
  try {
    const { exitCode, stdout, stderr } = await ask();
    const said = parse(stdout);
    if (!isMalformed(said)) return { said };
    const why = exitCode === 0 ? said.malformed : `it ended with ${exitCode}: ${bounded(stderr) || 'without a word'}`;
    return { unread: `It gives no answer: ${why}.`, timedOut: false };
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.code === 'Forbidden' || error.code === 'Unauthorized') throw error;
    return { unread: error.message, timedOut: error.code === 'DeadlineExceeded' };
  }
}

function isMalformed(said: unknown): said is { readonly malformed: string } {
  return typeof said === 'object' && said !== null && 'malformed' in said;
}

function bounded(words: string): string {
  const line = words
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.?!]+$/, '');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
