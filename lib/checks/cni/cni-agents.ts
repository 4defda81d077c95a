import * as z from 'zod';
import { fleetFinding, nodeFindings } from '#lib/checks/cni/agent-findings.ts';
import { noAgentResult, uncoveredFinding } from '#lib/checks/cni/no-agent-findings.ts';
import { defineCheck } from '#lib/model/check.ts';
import { agentsOf } from '#lib/network/agents.ts';
import { podsAwaitingNetwork } from '#lib/network/awaiting-network.ts';
import { findCnis } from '#lib/network/cni.ts';
import { schedulesOn } from '#lib/network/daemon-set-scheduling.ts';
import { restartsOf } from '#lib/network/pod-readiness.ts';

const seconds = (value: number) => z.number().min(0).default(value);

export const check = defineCheck({
  id: 'cni-agents',
  title: 'CNI agents on the nodes',
  area: 'cni',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets'],
  optional: ['cluster', 'events'],
  options: z.object({
    criticalPercent: z
      .number()
      .min(0)
      .max(100)
      .default(10)
      .describe('share of nodes without a working agent that is critical where they are two or more'),
    restartsPerDay: z.number().min(0).default(5).describe('restarts of one agent a day, over its life, that are a warning'),
    startSeconds: seconds(300).describe('age in seconds up to which an agent or a node is still starting'),
    waitSeconds: seconds(120).describe('time in seconds after which a scheduled pod without a network counts as waiting'),
    nodeFindings: z
      .number()
      .int()
      .min(0)
      .default(10)
      .describe('nodes that get a finding of their own, those with waiting pods first'),
  }),
  metrics: [
    { name: 'CniAgentsDesired', unit: 'Count', per: 'cluster', description: 'nodes that should run an agent of a CNI' },
    {
      name: 'CniAgentsNotReady',
      unit: 'Count',
      per: 'cluster',
      description: 'those without a ready agent, whatever the reason',
      essential: true,
    },
    { name: 'CniAgentRestarts', unit: 'Count', per: 'cluster', description: 'restarts of all agents over their lives' },
  ],
  docs: {
    question:
      "Does the CNI's agent work on every node that should run it? Without it, pods of that node get no network; those that run keep theirs. " +
      'The DaemonSets of the VPC CNI, Cilium, Calico and flannel are found by their container and label, whatever their namespace. Nodes on which ' +
      'their node selector, affinity and tolerations place no agent are not expected to run one, nor are Fargate, Auto Mode and Windows nodes.',
    verdicts: {
      critical:
        'pods wait for a network on a node whose agent does not work, or two or more agents and `criticalPercent` of them do not, or none does; ' +
        'or no agent of a known CNI exists and nodes say that their network plugin is not ready',
      warning: 'an agent does not work, or restarts more than `restartsPerDay` times a day; or a node takes no agent of any CNI',
      unknown: 'no agent of a known CNI exists, and the nodes are ready: another CNI may be at work',
      notApplicable: 'no node takes an agent, as with Auto Mode and Fargate; or a DaemonSet that selects no node',
    },
    evidence: {
      cni: 'vpc-cni, cilium, calico or flannel',
      version: "tag of the agent's image",
      desired: "agents that the DaemonSet's controller wants",
      ready: 'agents that it counts as ready',
      expectedNodes: 'nodes on which selector, affinity and tolerations place an agent',
      notReady: 'expected nodes without a ready agent, whatever the reason',
      failing: 'expected nodes whose agent is there and does not work',
      missing: 'expected nodes that have no agent at all',
      nodes: 'expected nodes whose agent does not work or that have none; the first 20',
      nodesWithoutAgent: 'names of those that have none',
      starting: 'expected nodes younger than `startSeconds`, or whose agent is, with nothing gone wrong yet',
      updating: 'expected nodes whose agent a rolling update has taken down, within its `maxUnavailable`',
      nodesDown: 'expected nodes whose kubelet is silent: the node is at fault, not its agent',
      rolloutInProgress: 'whether agents of an older template are still to be replaced',
      updated: 'agents of the newest template',
      restarts: 'restarts of all agents over their lives',
      restartingAgents: 'nodes whose agent restarts more than `restartsPerDay` times a day',
      crashReasons: 'agents that do not work, by reason: waiting reasons, and how containers ended',
      exitCodes: 'agents that do not work, by the exit code of their container',
      podsWaiting: 'pods that wait for a network on nodes without a working agent',
      state: 'of one node: `failing`, or `missing` where it has no agent',
      reason: 'of one node: why its agent does not work',
      terminatedReason: 'of one node: how a container of its agent ended with an error, as OOMKilled',
      exitCode: 'of one node: the exit code of that container',
      agentPod: "of one node: namespace and name of its agent's pod",
      nodesWithoutNetwork: 'names of nodes whose kubelet says that no network plugin works, where no agent is to be had',
      lookedFor: 'DaemonSets that were looked for, where none was found',
    },
    sources: [
      'github.com/aws/amazon-vpc-cni-k8s, config/master/aws-k8s-cni.yaml',
      'Kubernetes documentation, "DaemonSet" and "Perform a Rolling Update on a DaemonSet"',
      'Kubernetes documentation, "Pod Lifecycle", section "Pod network readiness"',
      'install manifests of Cilium (k8s-app=cilium), Calico (k8s-app=calico-node) and flannel (app=flannel)',
    ],
  },
  remediations: ['restart-cni', 'rollback-cni-version', 'reset-cni'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodes, pods } = inputs;
    const ago = (age: number) => new Date(now.getTime() - 1000 * age).toISOString();
    const cnis = findCnis(inputs.daemonSets);
    const autoMode = optional.cluster.ok && optional.cluster.data.autoMode;
    if (cnis.length === 0) return noAgentResult(target, nodes, autoMode);
    const waiting = podsAwaitingNetwork(pods, optional.events.ok ? optional.events.data : [], ago(options.waitSeconds));
    const context = { nodes, pods, startedBefore: ago(options.startSeconds), waitingNodes: new Set(waiting.keys()) };
    const fleets = cnis.map((cni) => ({ cni, agents: agentsOf(cni.daemonSet, context) }));
    const judging = { waiting, options, now };
    const agents = fleets.flatMap((fleet) => fleet.agents);
    const uncovered = nodes.filter((node) => !cnis.some(({ daemonSet }) => schedulesOn(daemonSet, node)));
    return {
      findings: [
        ...fleets.map((fleet) => fleetFinding(fleet, judging)),
        ...nodeFindings(fleets, judging),
        ...uncoveredFinding(target, uncovered),
      ],
      metrics: [
        { name: 'CniAgentsDesired', value: agents.length },
        { name: 'CniAgentsNotReady', value: agents.filter(({ state }) => state !== 'ready').length },
        { name: 'CniAgentRestarts', value: agents.reduce((sum, { pod }) => sum + restartsOf(pod), 0) },
      ],
    };
  },
});
