import * as z from 'zod';
import { surgeFinding } from '#lib/checks/subnet/surge-headroom-finding.ts';
import { judgeScenario } from '#lib/checks/subnet/surge-scenario.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import { NoAnswer } from '#lib/network/what-if/no-answer.ts';
import { maximumScenarios, type Scenarios, surgeScenarios, zoneLossScenarios } from '#lib/network/what-if/scenarios.ts';
import { WHAT_IF_NEEDS, type WhatIfSlices, whatIfWorld } from '#lib/network/what-if/world.ts';

export const check = defineCheck({
  id: 'surge-headroom',
  title: 'Room for a rolling update, the autoscalers and the loss of a zone',
  area: 'subnet',
  severity: 'warning',
  inputs: [...WHAT_IF_NEEDS, 'nodegroups'],
  optional: ['instances', 'eniConfigs', 'nodePools'],
  options: z.object({
    scenarios: z
      .array(z.enum(['surge', 'autoscaler-maximum', 'zone-loss']))
      .default(['surge', 'autoscaler-maximum', 'zone-loss'])
      .describe('what the addresses have to carry'),
    surgePercent: z
      .number()
      .min(0)
      .max(100)
      .default(25)
      .describe(
        'share of more nodes that a rolling update takes at once where EKS does not manage it (Karpenter, self-managed), in percent',
      ),
    groupsAtOnce: z.boolean().default(false).describe('whether all groups are updated at the same time, not one after the other'),
  }),
  metrics: [],
  docs: {
    question:
      "Do the free addresses carry what will come: a rolling update's surge of nodes, the groups at the maximum of their autoscalers, and the loss of each zone? A subnet that is roomy today can stop an upgrade half way, when old and new nodes hold addresses at the same time.",
    verdicts: {
      warning:
        'in some zone the nodes of a scenario take more than there is: each takes its own address, those of its interfaces, and addresses or /28 blocks for the pods of an average node of its group and its warm targets. A subnet that refuses even one node is critical in `subnet-ip-exhaustion`',
      unknown:
        'what the subnets have is not certain (interfaces that cannot be seen, a prefix reservation, a CNI version that does not tell its subnets) and the verdict hangs on it; or nodes that cannot be judged; or NodePools that were not read',
      notApplicable: 'another CNI or EKS Auto Mode gives the addresses; a cluster without nodes that could grow',
    },
    evidence: {
      scenario:
        'the worst (of those that fail the one with the fewest nodes, otherwise the one with the least left over): surge, autoscaler-maximum or zone-loss',
      subject: 'the group that rolls, the zone that is lost, or all groups',
      limitingZone: 'the zone with the least room in it',
      needed: 'what the nodes of this scenario take there, in `unit`',
      free: 'what is free there, in `unit`',
      unit: '`addresses`, or `prefixes` where prefix delegation is on: /28 blocks, those that single addresses break among them',
      scenarios:
        "every scenario: `scenario`, `subject`, `nodes` that start, `limitingZone`, `subnetId` where nodes' own addresses are what is short, `unit`, `needed`, `free` and `holds` (yes, no, unknown)",
      leftOut: 'what no scenario holds, as a NodePool without a limit, and nodes that cannot be judged',
    },
    sources: [
      'Amazon EKS User Guide, "Understand each phase of node updates" (https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html): the surge of a managed node group is twice its zones or its maximum unavailable, whichever is larger',
      'EKS API Reference, NodegroupScalingConfig and NodegroupUpdateConfig; Karpenter documentation, NodePools (spec.limits)',
      'amazon-vpc-cni-k8s docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md (what a node takes)',
    ],
  },
  remediations: ['add-pod-subnet', 'tune-warm-targets'],
  evaluate({ inputs, optional, target, options }) {
    const read = Object.fromEntries(Object.entries(inputs).map(([key, data]) => [key, { ok: true, data }]));
    const known = whatIfWorld({
      ...read,
      instances: optional.instances,
      eniConfigs: optional.eniConfigs,
    } as unknown as WhatIfSlices);
    if (known.kind === 'not-applicable') return notApplicable(target, `${capitalised(known.reason)}.`);
    if (known.kind === 'unknown') return undecided(target, `Not judged: ${known.reason}.`);
    const { world } = known;
    const makers = {
      surge: () => surgeScenarios(world, options.surgePercent, options.groupsAtOnce),
      'autoscaler-maximum': () => maximumScenarios(world, optional.nodePools.ok ? optional.nodePools.data : []),
      'zone-loss': () => zoneLossScenarios(world),
    } satisfies Record<string, () => Scenarios>;
    try {
      const made = options.scenarios.map((kind) => makers[kind]());
      const judged = made.flatMap(({ scenarios }) => scenarios).map((scenario) => judgeScenario(scenario, world));
      const unread =
        options.scenarios.includes('autoscaler-maximum') && !optional.nodePools.ok
          ? [`NodePools were not read (${asClause(optional.nodePools.reason)})`]
          : [];
      const open = world.leftOut.filter((entry) => entry.open).map(({ nodes, reason }) => `${nodes} not judged (${reason})`);
      const leftOut = made.flatMap((scenarios) => scenarios.leftOut);
      return { findings: [surgeFinding({ judged, world, target, leftOut, open: [...unread, ...open] })], metrics: [] };
    } catch (error) {
      if (error instanceof NoAnswer) return undecided(target, `Not judged: ${error.message}.`);
      throw error;
    }
  },
});

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
