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
  optional: ['podMetrics'],
  options: z.object({
    criticalPercent: z
      .number()
      .min(0)
      .max(100)
      .default(10)
      .describe(
        'share of agents killed for want of memory, or above `mostMebibytes`, that is critical where they are two or more, in percent',
      ),
    leastMebibytes: z.number().min(0).default(128).describe('a limit of an agent below this is a warning, in MiB'),
    mostMebibytes: z
      .number()
      .min(0)
      .default(2048)
      .describe(
        'memory that an agent should never need, in MiB: one that uses more is a warning, and a limit above it, or none, does not bound a leak',
      ),
    limitPercent: z
      .number()
      .min(0)
      .max(100)
      .default(90)
      .describe('share of its own limit that a container of an agent uses, in percent, which is a warning'),
    startSeconds: z.number().min(0).default(300).describe('age in seconds up to which nothing need be measured of an agent yet'),
    requireLimit: z
      .boolean()
      .default(false)
      .describe('whether an agent without a limit is a warning: the manifests of the VPC CNI, Cilium and Calico set none'),
  }),
  metrics: [],
  docs: {
    question:
      'Do the agents of the CNI have the memory that they need, and a bound? An agent that is killed for want of memory takes the network of new pods with it; one that leaks without a bound takes the node. What they use is read from metrics.k8s.io where a metrics server is registered; where none is, the finding says so and judges the rest.',
    verdicts: {
      warning:
        'an agent was killed for want of memory (OOMKilled), uses more than `mostMebibytes` or `limitPercent` of its limit; its limit is below `leastMebibytes`, or with `requireLimit` there is none or one above `mostMebibytes`',
      critical:
        'two or more agents and `criticalPercent` of them were killed for want of memory or use more than `mostMebibytes`, or all do',
      unknown:
        'the metrics server is registered and does not answer, or measured nothing of an agent that is ready; a limit that is no quantity; or no CNI that is known',
      notApplicable: 'no node takes an agent, as with Auto Mode and Fargate',
    },
    evidence: {
      cni: 'vpc-cni, cilium, calico or flannel',
      agents: 'nodes with an agent',
      outOfMemory: 'agents whose container was killed for want of memory, now or when it ended last',
      nodes: 'their nodes; the first 20',
      limit: "the agent's limit as written; null where it has none",
      limitMebibytes: 'the same in MiB; null where it has none',
      memoryUse: 'measured, measured-in-part, no-metrics-server or failed',
      measured: 'agents of which the metrics server tells what their pods use',
      highestMebibytes: 'what the largest of them uses, all containers of its pod together; null where none was measured',
      highestNode: 'its node; null where none was measured',
      aboveMost: 'agents above `mostMebibytes`: node, mebibytes; the 20 largest',
      nearLimit: 'agents with a container above `limitPercent` of its limit: node, container, percentOfLimit; the first 20',
      unmeasuredNodes: 'nodes whose agent is ready and of which nothing was measured; the first 20',
      withoutLimit: 'containers of the DaemonSet, init containers apart, that have no limit',
    },
    sources: [
      'Kubernetes documentation, "Resource Management for Pods and Containers", section "How Kubernetes applies resource requests and limits"',
      'Kubernetes documentation, "Resource metrics pipeline" (metrics.k8s.io/v1beta1)',
      'amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml',
    ],
  },
  remediations: ['raise-cni-memory'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodes, pods, daemonSets } = inputs;
    const cnis = findCnis(daemonSets);
    if (cnis.length === 0) {
      if (!nodes.some(takesCniAgent)) return notApplicable(target, 'No node of this cluster takes the agent of a CNI.');
      return undecided(target, 'No DaemonSet of the VPC CNI, Cilium, Calico or flannel was found, so no agent is judged.');
    }
    const context = { nodes, pods, startedBefore: now.toISOString(), waitingNodes: new Set<string>() };
    const readyBefore = new Date(now.getTime() - 1000 * options.startSeconds).toISOString();
    const judging = { metrics: optional.podMetrics, readyBefore, options };
    const findings = cnis.map((cni) => memoryFinding(cni, agentsOf(cni.daemonSet, context), judging));
    return { findings, metrics: [] };
  },
});
