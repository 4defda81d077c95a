import * as z from 'zod';
import { readinessFinding } from '#lib/checks/node/readiness-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Event } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import { podsAwaitingNetwork } from '#lib/network/awaiting-network.ts';
import { nodeReadiness } from '#lib/network/node-readiness.ts';

const MINUTE = 60_000;

export const check = defineCheck({
  id: 'node-readiness',
  title: 'Nodes that their network keeps from work',
  area: 'node',
  severity: 'critical',
  inputs: ['nodes'],
  optional: ['events', 'pods'],
  options: z.object({
    joiningMinutes: z.number().min(0).default(5).describe('age up to which a node may be without its network, in minutes'),
    eventMinutes: z.number().min(0).default(60).describe('age up to which an event counts, in minutes'),
    waitingMinutes: z
      .number()
      .min(0)
      .default(2)
      .describe('time from which a pod without a network counts as waiting, in minutes'),
  }),
  metrics: [
    {
      name: 'NodesNetworkNotReady',
      unit: 'Count',
      per: 'cluster',
      description: 'nodes that their network keeps from work',
      essential: true,
    },
  ],
  docs: {
    question:
      'Which nodes does their network keep from work, and why? NotReady alone does not tell: the message of the condition, NetworkUnavailable, and what the node monitoring agent says (its condition NetworkingReady, and events of limits, routes and agents) are read together, each with its cause.',
    verdicts: {
      warning:
        'NotReady for another reason than the network; a network event of the last `eventMinutes`; NetworkingReady=False that neither events nor waiting pods confirm, since that condition can outlast the fault',
      critical:
        'NotReady because the CNI has not set up the network, or NetworkUnavailable, on a node older than `joiningMinutes`; NetworkingReady=False with network events, or with pods that wait for a network',
      unknown:
        'a kubelet that reports no more; NetworkingReady=False while pods were not read; of the cluster: events were not read, so what only events tell is missing',
    },
    evidence: {
      ready: 'the condition Ready: True, False, Unknown or absent',
      reason: 'its message where it is not True, and not for the network; else null',
      signals:
        'what speaks of the network: `source` (Ready, NetworkUnavailable, NetworkingReady or event), `reason`, `cause`, `meaning` and `since`',
      causes:
        'the causes among them: cni-not-initialised, agent, addresses, interface, routes, packet-filter, kube-proxy, policy-agent, host-settings, connection-limit, link-local-limit, packet-limit, bandwidth-limit, dns, unrecognised',
      podsAwaiting: 'pods of the node that wait for a network; null where pods were not read',
    },
    sources: [
      'Amazon EKS User Guide, "View the health status of your nodes" (https://docs.aws.amazon.com/eks/latest/userguide/learn-status-conditions.html)',
      'eks-node-monitoring-agent docs/node-health-issues.adoc',
      'Kubernetes documentation, "Node Status", section "Conditions"',
    ],
  },
  remediations: ['restart-cni', 'recycle-nodes', 'advise-instance-types'],
  evaluate({ inputs, optional, target, options, now }) {
    const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE).toISOString();
    const pods = dataOf(optional.pods);
    const events = dataOf(optional.events) ?? [];
    const awaiting = pods && podsAwaitingNetwork(pods, events, ago(options.waitingMinutes));
    const isRecent = ({ lastSeen, firstSeen }: Event) => !isAfter(ago(options.eventMinutes), lastSeen ?? firstSeen ?? ago(0));
    const recent = events.filter((event) => event.involved.kind === 'Node' && isRecent(event));
    const byNode = Map.groupBy(recent, ({ involved }) => involved.name);
    const findings = inputs.nodes.map((node) =>
      readinessFinding({
        node,
        readiness: nodeReadiness(node, byNode.get(node.name) ?? []),
        podsAwaiting: awaiting && (awaiting.get(node.name)?.length ?? 0),
        joining: !isAfter(ago(options.joiningMinutes), node.createdAt),
      }),
    );
    const blind: Judgement[] = optional.events.ok
      ? []
      : [
          {
            verdict: 'unknown',
            resource: { kind: 'cluster', id: target.arn, name: target.name },
            summary: `Events were not read (${asClause(optional.events.reason)}), so limits, routes and agents of which only events tell are not judged.`,
            evidence: {},
          },
        ];
    const notReady = findings.filter(({ verdict }) => verdict === 'critical').length;
    return {
      findings: inputs.nodes.length === 0 ? [] : [...blind, ...findings],
      metrics: inputs.nodes.length === 0 ? [] : [{ name: 'NodesNetworkNotReady', value: notReady }],
    };
  },
});

function isAfter(one: string, other: string): boolean {
  return Date.parse(one) > Date.parse(other);
}
