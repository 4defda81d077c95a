/** Cilium on the quiet shop, with agents that answer to commands in their containers: one function each. */
import type { Execution, JsonObject, KubernetesObject, World } from '#lib/sandbox/world.ts';
import { eniMode } from './cilium.ts';
import { ciliumHealth, ciliumStatus, mounts, type PeerAnswer, type SaidByAgent } from './cilium-status.ts';
import { withCluster, withObjects } from './cni.ts';

export interface AgentSituation {
  /** What is otherwise with the agent of a node, by its place. */
  readonly says?: (at: number) => SaidByAgent;
  /** How the node at `to` answers the probes of the one at `from`. */
  readonly probes?: (from: number, to: number) => PeerAnswer;
  readonly bpf?: (at: number) => boolean;
  /** In place of what it does: by command, as `cilium-dbg status -o json`. */
  readonly executed?: (at: number) => Readonly<Record<string, Execution>>;
  /** The agent's container ended, with these last lines of its log. */
  readonly ended?: (at: number) => string | undefined;
  readonly forbidden?: readonly string[];
}

const STATUS = 'cilium-dbg status -o json';

export function ciliumAgents(situation: AgentSituation = {}): World {
  const { says, probes = () => 'all' as const, bpf = () => true, executed, ended, forbidden = [] } = situation;
  const world = eniMode(20, 12);
  const nodes = world.clusters[0]?.kubernetes.find(({ plural }) => plural === 'nodes')?.items ?? [];
  const names = nodes.map(({ metadata }) => metadata.name);
  const commands = names.flatMap((name, at) => {
    const peers = Object.fromEntries(names.flatMap((other, to) => (to === at ? [] : [[other, probes(at, to)]])));
    const own: Readonly<Record<string, Execution>> = {
      [STATUS]: { stdout: ciliumStatus(says?.(at)) },
      'cilium-health status -o json': { stdout: ciliumHealth(name, peers) },
      'cat /proc/mounts': { stdout: mounts({ bpf: bpf(at) }) },
      ...executed?.(at),
    };
    return Object.entries(own).map(([command, does]) => [`kube-system/cilium-${at}: ${command}`, does] as const);
  });
  const pods = names.map((name, at) => agentPod(name, at, ended?.(at)));
  return withCluster(
    withObjects(world, 'pods', (items) => [...items, ...pods]),
    (cluster) => ({ executed: Object.fromEntries(commands), forbidden: [...(cluster.forbidden ?? []), ...forbidden] }),
  );
}

/** An image that has no `cilium-dbg` yet: 127 from the runtime. */
export const formerClient = (says?: SaidByAgent) =>
  withCluster(ciliumAgents(), ({ executed = {} }) => ({
    executed: Object.fromEntries(
      Object.entries(executed).map(([key, does]) =>
        key.endsWith(STATUS) ? [key.replace('cilium-dbg', 'cilium'), { stdout: ciliumStatus(says) }] : [key, does],
      ),
    ),
  }));

function agentPod(nodeName: string, at: number, ended: string | undefined): KubernetesObject {
  const running = { ready: true, restartCount: 0, state: { running: { startedAt: '2026-11-01T00:00:00Z' } } };
  const crashing = {
    ready: false,
    restartCount: 9,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', message: ended } },
  };
  const container = { name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.20.2' };
  const state: JsonObject = ended === undefined ? running : crashing;
  return {
    metadata: {
      name: `cilium-${at}`,
      namespace: 'kube-system',
      labels: { 'k8s-app': 'cilium' },
      creationTimestamp: '2026-11-01T00:00:00Z',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'cilium', uid: 'of-the-daemon-set', controller: true }],
    },
    spec: { nodeName, hostNetwork: true, containers: [container] },
    status: { phase: 'Running', containerStatuses: [{ ...container, imageID: '', ...state }] },
  } as KubernetesObject;
}
