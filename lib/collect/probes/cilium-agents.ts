import pLimit from 'p-limit';
import { sample } from '#lib/collect/kubernetes/pod-sample.ts';
import { need } from '#lib/collect/needs.ts';
import { readCiliumAgent } from '#lib/collect/probes/cilium-agents-reading.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { CILIUM_AGENT, type CiliumAgentReading } from '#lib/model/cilium-agent.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Fewer than the connection's sockets: agents that hang must not keep the lists waiting. */
const AT_ONCE = 4;
/** Agents that are asked in one run; of more, an evenly spaced sample beside those that are not ready. */
const MOST_AGENTS = 50;
const MOST_NOT_READY = 10;
/** Agents that give no answer in time before the others are left out. */
const MOST_SILENT = 6;

/** What Cilium's agents say of themselves and of each other, by commands in their containers that change nothing. */
export const ciliumAgents = defineCollector({
  key: 'ciliumAgents',
  needs: ['pods'],
  optIn: true,
  permissions: {
    aws: [],
    kubernetes: [
      // A WebSocket is opened by a GET, and an API server from 1.35 on asks for `create` too.
      // Source: Kubernetes feature gate AuthorizePodWebsocketUpgradeCreatePermission.
      { apiGroup: '', resources: ['pods/exec'], verbs: ['get', 'create'], namespace: 'kube-system' },
      // What an agent that ended wrote last.
      { apiGroup: '', resources: ['pods'], verbs: ['get'], namespace: 'kube-system' },
    ],
  },
  async collect(sources, { pods }) {
    const [first, ...others] = chosen(need(pods, 'pods').filter(isAgent));
    if (first === undefined) return [];
    let silent = 0;
    const read = async (pod: Pod): Promise<CiliumAgentReading> => {
      const at = { nodeName: pod.nodeName ?? '', podName: pod.name };
      if (silent >= MOST_SILENT)
        return { ...at, unread: `It was not asked, since ${MOST_SILENT} agents gave no answer in time.` };
      const { timedOut, ...reading } = await readCiliumAgent(sources, pod);
      if (timedOut) silent += 1;
      return { ...at, ...reading };
    };
    // Alone: where nobody may ask, it is refused once and not by every agent.
    return [await read(first), ...(await pLimit(AT_ONCE).map(others, read))];
  },
});

function chosen(agents: readonly Pod[]): readonly Pod[] {
  const notReady = agents.filter((agent) => !isReady(agent)).slice(0, MOST_NOT_READY);
  const others = agents.filter((agent) => !notReady.includes(agent));
  // Those that may not even run come last: whether anybody may ask is told by the first.
  return [...sample(others, MOST_AGENTS - notReady.length), ...notReady];
}

function isReady({ containers }: Pod): boolean {
  return containers.some(({ name, ready }) => name === CILIUM_AGENT && ready);
}

/** Source: Cilium's Helm chart, templates/cilium-agent/daemonset.yaml. */
function isAgent({ labels, nodeName, containers, deletedAt }: Pod): boolean {
  const isOne = labels['k8s-app'] === 'cilium' && containers.some(({ name }) => name === CILIUM_AGENT);
  return isOne && nodeName !== undefined && deletedAt === undefined;
}
