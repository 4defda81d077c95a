import * as z from 'zod';
import type { Assessment } from '#lib/model/assessment.ts';
import { type DraftOutcome, defineRemediation, type PlanContext, refused } from '#lib/model/remediation.ts';
import type { RemediationPlan } from '#lib/model/remediation-plan.ts';
import { identityOf } from '#lib/model/target.ts';
import { prefixNodes } from '#lib/network/prefix-delegation.ts';
import { unplannable } from '#lib/remediate/precondition.ts';
import { maxPodsAdvice } from '#lib/remediate/vpc-cni/max-pods-advice.ts';
import { prefixPreconditions } from '#lib/remediate/vpc-cni/prefix-preconditions.ts';
import { type VpcCniScene, vpcCniScene } from '#lib/remediate/vpc-cni/scene.ts';
import { environment, settingsChange } from '#lib/remediate/vpc-cni/settings-change.ts';
import { settledPreconditions } from '#lib/remediate/vpc-cni/settled.ts';

const options = z.object({
  resolveConflicts: z
    .enum(['PRESERVE', 'OVERWRITE', 'NONE'])
    .default('PRESERVE')
    .describe('what EKS does about fields of the managed add-on that somebody else changed; NONE lets the update fail'),
  warmPrefixTarget: z
    .number()
    .int()
    .min(1)
    .max(16)
    .optional()
    .describe('WARM_PREFIX_TARGET to set; left out, a present one above zero stays, else it is 1'),
  leastNitroPercent: z
    .number()
    .min(1)
    .max(100)
    .default(100)
    .describe('share of the nodes that has to be Nitro or bare metal, in percent: others gain nothing'),
  deadlineMinutes: z.number().int().min(5).max(240).default(45).describe('how long the update and its rollout may take'),
});
type Options = z.output<typeof options>;

const NO_AUTO = 'whether a subnet has room for prefixes, and who sets max-pods, is for a person to judge';

export const remediation = defineRemediation({
  id: 'enable-prefix-delegation',
  title: 'Give nodes prefixes of 16 addresses',
  fixes: ['node-ip-capacity', 'max-pods-mismatch', 'prefix-delegation'],
  risk: 'medium',
  approvals: 1,
  permissions: {
    aws: [
      { action: 'eks:UpdateAddon', resource: 'addon' },
      { action: 'eks:DescribeAddon', resource: 'addon' },
      { action: 'eks:DescribeUpdate', resource: 'addon' },
      { action: 'eks:DescribeUpdate', resource: 'cluster' },
    ],
    kubernetes: [{ apiGroup: 'apps', resources: ['daemonsets'], resourceNames: ['aws-node'], verbs: ['get', 'patch'] }],
  },
  options,
  docs: {
    what: 'Sets ENABLE_PREFIX_DELEGATION=true, and WARM_PREFIX_TARGET where it has to be, so that each slot of an interface holds sixteen addresses and not one. It lifts the limit of addresses a node. It does not relieve a full subnet: it draws sixteen addresses at a time there. Nodes that are there keep their addresses; what is gained shows on new nodes with a new max-pods, and the plan says for each node group who sets that.',
    preconditions: {
      'not-auto-mode': 'EKS Auto Mode is off',
      'cni-version': '1.9.0 or later, 1.11.0 with bare-metal nodes',
      'nodes-seen': 'of every node it is known what its interfaces hold and from where its pods draw',
      'nitro-share': '`leastNitroPercent` of the nodes are Nitro or bare metal',
      'free-eni-slot': 'every such node can attach one more interface for pods',
      'free-prefixes':
        'in each subnet of the pods, 1.5 x nodes x (1 + WARM_PREFIX_TARGET) aligned /28 blocks are free for sure, or as many inside prefix reservations',
      'addresses-accounted': 'in each of them, every used address is held by an interface that was seen',
      'no-drift': "the add-on's configuration and the running DaemonSet agree",
      'no-rollout': 'every agent is of the newest template and ready',
      'no-update': 'the cluster, the add-on and every node group are ACTIVE',
      'no-scaling': 'every managed node group has its nodes, and no instance is joining',
    },
    sources: [
      'Amazon EKS User Guide, "Assign more IP addresses to Amazon EKS nodes with prefixes"',
      'Amazon EKS Best Practices Guide, "Prefix Mode for Linux" (https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html)',
      'Amazon EKS API Reference, UpdateAddon',
    ],
  },
  draft,
  preflight(snapshot, plan, chosen) {
    const scene = vpcCniScene(snapshot);
    if ('refusals' in scene) return unplannable(scene.refusals);
    const guards = { warmPrefixTarget: plannedWarmPrefixes(plan, scene), leastNitroPercent: chosen.leastNitroPercent };
    return [...prefixPreconditions(scene, guards), ...settledPreconditions(scene)];
  },
  gained: inEffect,
});

function draft({ snapshot, findings, options: chosen, now }: PlanContext<Options>): DraftOutcome {
  const scene = vpcCniScene(snapshot);
  if ('refusals' in scene) return { kind: 'refused', refusals: scene.refusals };
  const { settings, nodes } = scene;
  if (settings.ipv6)
    return refused('The pods have IPv6 addresses, which always come from /80 prefixes.', 'There is nothing to enable.');
  if (settings.prefixDelegation)
    return refused(
      'Prefix delegation is on already.',
      'Where its nodes do not show it, bring new ones in: cniwatch explain recycle-nodes, and cniwatch check --check prefix-delegation for what stands against it.',
    );
  const capacity = prefixNodes(nodes);
  if (capacity.podCapacityAfter <= capacity.podCapacityNow)
    return refused(
      `The nodes carry ${capacity.podCapacityNow} pods and would carry no more with prefixes.`,
      'Look at cniwatch explain advise-instance-types, or add nodes.',
    );
  const warmPrefixTarget = warmPrefixesAfter(scene, chosen);
  const warm = environment(scene.daemonSet)['WARM_PREFIX_TARGET'] === String(warmPrefixTarget);
  const env = { ENABLE_PREFIX_DELEGATION: 'true', ...(warm ? {} : { WARM_PREFIX_TARGET: String(warmPrefixTarget) }) };
  const change = settingsChange(scene, env, chosen.resolveConflicts);
  if ('reason' in change) return { kind: 'refused', refusals: [change] };
  const { holds, owner, sourcePatch, changes, steps, rollback } = change;
  return {
    kind: 'drafted',
    draft: {
      remediation: 'enable-prefix-delegation',
      target: identityOf(snapshot.target),
      summary: `Sets ${Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .join(
          ' and ',
        )} ${scene.addon === undefined ? 'on the DaemonSet' : 'in the add-on'}; ${capacity.eligible.length} of ${nodes.length} nodes can have prefixes.`,
      findings: findings.map(({ fingerprint }) => fingerprint),
      createdAt: now.toISOString(),
      snapshotTakenAt: snapshot.takenAt,
      steps,
      changes: [...changes],
      rollback: [...rollback],
      gain: {
        what: 'pods that the nodes carry, on new nodes',
        before: capacity.podCapacityNow,
        after: capacity.podCapacityAfter,
      },
      risk: 'medium',
      approvals: 1,
      auto: { allowed: false, reason: NO_AUTO },
      irreversible: [
        'Prefixes that nodes hold by then go back one by one as their pods end: turning it off takes effect on new nodes.',
        'While nodes hold prefixes, the CNI must not go below 1.9.',
      ],
      verification: {
        holds: [
          ...holds,
          'New nodes hold prefixes and allow the new number of pods: until then the gain is not there, and that is no harm.',
        ],
        deadlineSeconds: 60 * chosen.deadlineMinutes,
        lookAfterPercent: 10,
      },
      owner,
      ...(sourcePatch && { sourcePatch }),
      advice: [
        ...maxPodsAdvice(scene),
        'Bring a new node group in, look at its nodes, then drain the old ones: cniwatch explain recycle-nodes.',
      ],
      warnings: [...change.warnings, ...warningsOf(scene)],
    },
  };
}

function warmPrefixesAfter({ daemonSet, settings }: VpcCniScene, { warmPrefixTarget }: Options): number {
  const present = environment(daemonSet)['WARM_PREFIX_TARGET'] === undefined ? 0 : settings.warmPrefixTarget;
  return warmPrefixTarget ?? Math.max(1, present);
}

/** As the plan sets it, or as it is. */
function plannedWarmPrefixes({ changes }: RemediationPlan, { settings }: VpcCniScene): number {
  const planned = changes.find(({ field }) => field === 'WARM_PREFIX_TARGET')?.after;
  return typeof planned === 'string' ? Number(planned) : settings.warmPrefixTarget;
}

function warningsOf({ settings, network, addon, nodes }: VpcCniScene): readonly string[] {
  const windows = network.hosts.filter(({ kind }) => kind === 'windows').length;
  const targets = settings.warmIpTarget ?? settings.minimumIpTarget;
  const managed = nodes.some(({ node }) => node.labels['eks.amazonaws.com/nodegroup'] !== undefined);
  return [
    'It does not relieve a full subnet: each prefix takes sixteen addresses of it at once.',
    ...(targets === undefined
      ? []
      : [
          'WARM_IP_TARGET or MINIMUM_IP_TARGET is set and decides in place of WARM_PREFIX_TARGET how many prefixes a node holds.',
        ]),
    ...(windows > 0
      ? [`${windows} Windows nodes keep their setting: enable-windows-prefix-delegation of the ConfigMap amazon-vpc-cni.`]
      : []),
    ...(managed && addon === undefined
      ? [
          'AWS does not say whether EKS sees the settings of a self-managed CNI when it computes max-pods for a managed node group: look at the first new node.',
        ]
      : []),
  ];
}

/** Nodes carry more pods: the check says that it is on, and no node is left behind. */
function inEffect({ findings }: Assessment): boolean {
  const finding = findings.find(({ check }) => check === 'prefix-delegation');
  return finding?.verdict === 'ok' && finding.evidence['enabled'] === true;
}
