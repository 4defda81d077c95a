import * as z from 'zod';
import { agentFleetFinding } from '#lib/checks/cilium/cilium-agent-fleet-finding.ts';
import { type AgentNode, agentNodeFinding } from '#lib/checks/cilium/cilium-agent-node-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import type { CiliumAgentReading } from '#lib/model/cilium-agent.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { agentProblems } from '#lib/network/cilium/agent-problems.ts';
import { byCommonNode, unreachablePeers } from '#lib/network/cilium/unreachable-peers.ts';
import { findCnis } from '#lib/network/cni.ts';

export const check = defineCheck({
  id: 'cilium-agent',
  title: "What Cilium's agents say of themselves",
  area: 'cilium',
  severity: 'critical',
  inputs: ['ciliumAgents', 'daemonSets', 'nodes'],
  optional: [],
  options: z.object({
    controllerFailures: z
      .number()
      .int()
      .min(1)
      .default(5)
      .describe("failures in a row from which one of an agent's controllers counts as failing"),
  }),
  metrics: [],
  docs: {
    question:
      "Do Cilium's agents reach the Kubernetes API, do their controllers work, is the BPF filesystem mounted, and do pods on each node reach those on the others? An agent can be ready and fail at one of these. Each is asked by commands in its container that change nothing: `cilium-dbg status`, `cilium-health status` and `cat /proc/mounts`. Opt-in (`collect.optIn: [ciliumAgents]`), since running commands in kube-system is a permission of weight; up to 50 agents are asked a run, those that are not ready among them. A node that nobody reaches is told once, and not by each of its peers; peers that are not ready are left out.",
    verdicts: {
      warning:
        "a controller failed `controllerFailures` times in a row; a component other than the agent and the Kubernetes API fails, or any warns; an answer of the agent is old (`stale`); none of the node's addresses is left; pods of two nodes reach each other in one direction only, or the health ports of two nodes do not reach each other",
      critical:
        'the agent says that it fails, or that it does not reach the Kubernetes API; no BPF filesystem is mounted, also where the agent ended for that; pods of two nodes cannot reach each other, or those of several peers cannot reach those of one node',
      unknown:
        'an agent does not run, or gave no answer, or one that was not understood; its mounts or its peers were not read, or none was probed yet',
      notApplicable: 'nobody switched it on; or no Cilium',
    },
    evidence: {
      cni: '`cilium`',
      problems:
        'of a node: bpf-not-mounted, kubernetes-unreachable, agent-failing, component-failing, component-warns, state-unknown, controllers-failing, stale, addresses-full, peers-unreachable',
      components: 'of a node: the state of the agent and its parts, as Cilium writes it (Ok, Warning, Failure, Disabled)',
      bpfMounted: 'of a node: whether its agent has a BPF filesystem mounted; null where that was not read',
      controllers: 'of a node: controllers of its agent',
      controllersFailing: 'of a node: those whose last run failed',
      failingControllers: 'of a node: their names, and how often each failed in a row; the worst 20',
      stale: 'of a node: what its agent has not been able to look at for long',
      ipam: "of a node: its agent's line on addresses",
      peers: 'of a node: other nodes that its agent knows; null where it does not probe them',
      peersUnreachable: 'of a node: those whose pods cannot reach its own, or the other way round; the first 20',
      peersUnreachableCount: 'of a node: how many there are',
      lastWords: 'of a node: what its agent wrote last before it ended, where it does not run',
      agents: 'of the DaemonSet: agents that it wants',
      asked: 'of the DaemonSet: agents that were asked, a sample of large clusters',
      answered: 'of the DaemonSet: those that answered',
      troubled: 'of the DaemonSet: nodes with a problem',
      problemCounts: 'of the DaemonSet: nodes by problem',
      nodes: 'of the DaemonSet: nodes with a problem; the first 20',
    },
    sources: [
      'Cilium documentation, "Troubleshooting"; "Command Cheatsheet", cilium-dbg status, cilium-health status',
      'cilium api/v1/openapi.yaml (StatusResponse), api/v1/health/openapi.yaml (HealthStatusResponse)',
      'Cilium documentation, "System Requirements", section "Mounted eBPF filesystem"',
    ],
  },
  remediations: ['mount-bpf', 'restart-cni', 'add-ip-pool'],
  evaluate({ inputs, target, options }) {
    const cilium = findCnis(inputs.daemonSets).find(({ kind, daemonSet }) => kind === 'cilium' && daemonSet.desired > 0);
    if (cilium === undefined) return notApplicable(target, 'Cilium does not run here.');
    const { daemonSet } = cilium;
    if (inputs.ciliumAgents.length === 0)
      return undecided(target, `The DaemonSet ${daemonSet.namespace}/${daemonSet.name} has no pod that could be asked.`);
    const nodes = agentNodes(inputs.ciliumAgents, inputs.nodes, options.controllerFailures);
    return { findings: [agentFleetFinding(daemonSet, nodes, daemonSet.desired), ...nodes.map(agentNodeFinding)], metrics: [] };
  },
});

/** Every node whose agent was asked, and those that others cannot reach. */
function agentNodes(readings: readonly CiliumAgentReading[], nodes: readonly Node[], controllerFailures: number): AgentNode[] {
  const ready = nodes.filter(({ conditions }) => conditions.some(({ type, status }) => type === 'Ready' && status === 'True'));
  const pairs = unreachablePeers(readings, new Set(ready.map(({ name }) => name)));
  const told = byCommonNode(pairs);
  const byName = new Map(readings.map((reading) => [reading.nodeName, reading]));
  return [...new Set([...byName.keys(), ...told.keys()])].map((nodeName) => {
    const reading = byName.get(nodeName);
    const problems = reading === undefined ? [] : agentProblems(reading, controllerFailures);
    return { nodeName, reading, problems, unreachable: told.get(nodeName) ?? [] };
  });
}
