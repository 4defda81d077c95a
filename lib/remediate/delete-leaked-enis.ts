import * as z from 'zod';
import { plural } from '#lib/model/plural.ts';
import { type DraftOutcome, defineRemediation, type PlanContext, type Precondition, refused } from '#lib/model/remediation.ts';
import type { RemediationPlan } from '#lib/model/remediation-plan.ts';
import type { AwsStep } from '#lib/model/remediation-step.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { identityOf } from '#lib/model/target.ts';
import { type DetachedEni, detachedEnis, heldAddresses } from '#lib/network/detached-enis.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';
import { holding, unplannable } from '#lib/remediate/precondition.ts';
import { readSlices } from '#lib/remediate/unread.ts';

const options = z.object({
  most: z.number().int().min(1).max(200).default(50).describe('interfaces that one plan deletes at most, the oldest first'),
  deadlineMinutes: z
    .number()
    .int()
    .min(1)
    .max(120)
    .default(30)
    .describe('how long the deletions may take, within the share of calls'),
});

export const remediation = defineRemediation({
  id: 'delete-leaked-enis',
  title: 'Delete interfaces that the VPC CNI left behind',
  fixes: ['leaked-enis'],
  risk: 'low',
  approvals: 1,
  permissions: {
    aws: [
      {
        action: 'ec2:DeleteNetworkInterface',
        resource: '*',
        // The tag that the VPC CNI gives every interface it makes.
        conditions: { 'aws:ResourceTag/node.k8s.amazonaws.com/instance_id': '*' },
      },
    ],
    kubernetes: [],
  },
  options,
  docs: {
    what: 'Deletes, one by one, interfaces of the VPC CNI that hang on no instance, are old enough that nothing will clean them up any more, and are surely of this cluster. Those of which nothing tells the cluster are left alone. Each is read once more before its deletion, and EC2 itself refuses to delete one that is in use.',
    preconditions: {
      'still-leaked': 'at a second look the interface is still detached, old enough, and of this cluster',
    },
    sources: ['amazon-vpc-cni-k8s pkg/awsutils/awsutils.go (getLeakedENIs)', 'Amazon EC2 API Reference, DeleteNetworkInterface'],
  },
  draft,
  preflight,
});

function draft({ snapshot, findings, options: chosen, now }: PlanContext<z.output<typeof options>>): DraftOutcome {
  const found = leaked(snapshot);
  if ('refusals' in found) return { kind: 'refused', refusals: found.refusals };
  const chosenEnis = found.enis.slice(0, chosen.most);
  const [first, ...others] = chosenEnis;
  if (first === undefined)
    return refused(
      'No leaked interface is surely of this cluster.',
      'For those of `unattributedEniIds` ask the other clusters of the VPC first; set CLUSTER_NAME on aws-node, so that its interfaces name their cluster from now on.',
    );
  return {
    kind: 'drafted',
    draft: {
      remediation: 'delete-leaked-enis',
      target: identityOf(snapshot.target),
      summary: `Deletes ${plural(chosenEnis.length, 'detached interface')} of this cluster${found.enis.length > chosenEnis.length ? `, of ${found.enis.length}` : ''}.`,
      findings: findings.map(({ fingerprint }) => fingerprint),
      createdAt: now.toISOString(),
      snapshotTakenAt: snapshot.takenAt,
      steps: [deletion(first), ...others.map(deletion)],
      changes: chosenEnis.map(({ eni }) => ({
        of: `interface ${eni.networkInterfaceId} in ${eni.subnetId}`,
        field: 'exists',
        before: true,
        after: false,
      })),
      rollback: [],
      gain: {
        what: 'IPv4 addresses that detached interfaces keep',
        before: heldAddresses(found.enis),
        after: heldAddresses(found.enis.slice(chosen.most)),
      },
      risk: 'low',
      approvals: 1,
      auto: { allowed: true },
      irreversible: ['A deleted interface does not come back, nor do its addresses: the CNI makes new ones as it needs them.'],
      verification: {
        holds: ['DescribeNetworkInterfaces knows none of them any more.', 'The subnets have their addresses back.'],
        deadlineSeconds: 60 * chosen.deadlineMinutes,
      },
      owner: { kind: 'none', looked: 'the tags and descriptions of the interfaces: the VPC CNI made them' },
      advice: [
        'Find out why they leak: nodes that end while the CNI works, or a role that may not delete interfaces (cniwatch check --check ipamd).',
      ],
      warnings: [],
    },
  };
}

function deletion({ eni }: DetachedEni): AwsStep {
  return {
    id: `delete-${eni.networkInterfaceId}`,
    title: `delete ${eni.networkInterfaceId}`,
    kind: 'aws',
    service: 'ec2',
    operation: 'DeleteNetworkInterface',
    parameters: { NetworkInterfaceId: eni.networkInterfaceId },
  };
}

/** The interfaces that leaked and are surely this cluster's, the oldest first. */
function leaked(snapshot: Snapshot) {
  const read = readSlices(snapshot, ['networkInterfaces', 'nodes', 'instances']);
  if ('refusals' in read) return read;
  const { networkInterfaces, nodes, instances } = read.data;
  const { identity } = nodeInventory(snapshot.target.name, nodes, instances, networkInterfaces, undefined);
  return { enis: detachedEnis(networkInterfaces, identity, new Date(snapshot.takenAt), LEAKED_AFTER_MINUTES).attributed };
}

function preflight(snapshot: Snapshot, plan: RemediationPlan): readonly Precondition[] {
  const found = leaked(snapshot);
  if ('refusals' in found) return unplannable(found.refusals);
  const still = new Set(found.enis.map(({ eni }) => eni.networkInterfaceId));
  return plan.steps
    .filter((step) => step.kind === 'aws')
    .map(({ parameters }): Precondition => {
      const id = String(parameters['NetworkInterfaceId']);
      return {
        name: 'still-leaked',
        resource: id,
        holds: holding(still.has(id)),
        value: still.has(id)
          ? `detached for more than ${LEAKED_AFTER_MINUTES} minutes, and of this cluster`
          : 'it is gone, in use, or of another cluster by now',
        wanted: 'at a second look it is still leaked',
        remedy: 'Plan again: what is left is in the new plan.',
      };
    });
}
