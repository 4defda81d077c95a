/** Cilium on the quiet shop, with agents that answer to commands in their containers: one function each. */
import type { Execution, KubernetesObject, World } from '#lib/sandbox/world.ts';
import { AGENT, eniMode } from './cilium.ts';
import { ciliumHealth, ciliumStatus, mounts, type PeerAnswer, type SaidByAgent } from './cilium-status.ts';
import { withCluster } from './cni.ts';
import { type OtherCni, workingAgent } from './other-cni.ts';

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

export function ciliumAgents(
  situation: AgentSituation = {},
  around: (over: Pick<OtherCni, 'agentPod'>) => World = (over) => eniMode(20, 12, over),
): World {
  const { says, probes = () => 'all' as const, bpf = () => true, executed, ended, forbidden = [] } = situation;
  const world = around({ agentPod: (nodeName, at) => agentPod(nodeName, at, ended?.(at)) });
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
  return withCluster(world, (cluster) => ({
    executed: Object.fromEntries(commands),
    forbidden: [...(cluster.forbidden ?? []), ...forbidden],
  }));
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
  const working = workingAgent(AGENT, nodeName, at);
  if (ended === undefined) return working;
  const crashing = {
    name: AGENT.container,
    image: 'cilium:v1.20.2',
    imageID: '',
    ready: false,
    restartCount: 9,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', message: ended } },
  };
  return { ...working, status: { phase: 'Running', containerStatuses: [crashing] } };
}
