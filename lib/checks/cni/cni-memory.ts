import * as z from 'zod';
import { memoryFinding } from '#lib/checks/cni/memory-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { agentsOf } from '#lib/network/agents.ts';
import { findCnis } from '#lib/network/cni.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

export const check = defineCheck({
  id: 'cni-memory',
  title: "Memory of the CNI's agents",
  area: 'cni',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets'],
  optional: [],
  options: z.object({
    criticalPercent: z
      .number()
      .min(0)
      .max(100)
      .default(10)
      .describe('share of agents killed for want of memory that is critical where they are two or more, in percent'),
    leastMebibytes: z.number().min(0).default(128).describe('a limit of an agent below this is a warning, in MiB'),
    mostMebibytes: z
      .number()
      .min(0)
      .default(2048)
      .describe('memory that an agent should never need, in MiB: a higher limit, or none at all, does not bound a leak'),
    requireLimit: z
      .boolean()
      .default(false)
      .describe('whether an agent without a limit is a warning: the manifests of the VPC CNI, Cilium and Calico set none'),
  }),
  metrics: [],
  docs: {
    question:
      'Do the agents of the CNI have the memory that they need, and a bound? An agent that is killed for want of memory takes the network of new pods with it; one that leaks without a bound takes the node. What agents use is not read: metrics.k8s.io is there only where the metrics server is.',
    verdicts: {
      warning:
        'an agent was killed for want of memory (OOMKilled), its limit is below `leastMebibytes`, or with `requireLimit` there is none or one above `mostMebibytes`',
      critical: 'two or more agents and `criticalPercent` of them were killed for want of memory, or all were',
      unknown: 'a limit that is no quantity; or no CNI that is known',
      notApplicable: 'no node takes an agent, as with Auto Mode and Fargate',
    },
    evidence: {
      cni: 'vpc-cni, cilium, calico or flannel',
      agents: 'nodes with an agent',
      outOfMemory: 'agents whose container was killed for want of memory, now or when it ended last',
      nodes: 'their nodes; the first 20',
      limit: "the agent's limit as written; null where it has none",
      limitMebibytes: 'the same in MiB; null where it has none',
      withoutLimit: 'containers of the DaemonSet, init containers apart, that have no limit',
    },
    sources: [
      'Kubernetes documentation, "Resource Management for Pods and Containers", section "How Kubernetes applies resource requests and limits"',
      'amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml',
    ],
  },
  remediations: ['raise-cni-memory'],
  evaluate({ inputs, options, target, now }) {
    const { nodes, pods, daemonSets } = inputs;
    const cnis = findCnis(daemonSets);
    if (cnis.length === 0) {
      if (!nodes.some(takesCniAgent)) return notApplicable(target, 'No node of this cluster takes the agent of a CNI.');
      return undecided(target, 'No DaemonSet of the VPC CNI, Cilium, Calico or flannel was found, so no agent is judged.');
    }
    const context = { nodes, pods, startedBefore: now.toISOString(), waitingNodes: new Set<string>() };
    const findings = cnis.map((cni) => memoryFinding(cni, agentsOf(cni.daemonSet, context), options));
    return { findings, metrics: [] };
  },
});
