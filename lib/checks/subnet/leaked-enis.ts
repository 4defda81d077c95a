import * as z from 'zod';
import { leakedEnisFinding } from '#lib/checks/subnet/leaked-enis-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { detachedEnis } from '#lib/network/detached-enis.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';

export const check = defineCheck({
  id: 'leaked-enis',
  title: 'Interfaces that the VPC CNI left behind',
  area: 'subnet',
  severity: 'warning',
  inputs: ['cluster', 'networkInterfaces'],
  optional: ['nodes', 'pods', 'instances'],
  options: z.object({
    leakedAfterMinutes: z
      .number()
      .min(5)
      .default(LEAKED_AFTER_MINUTES)
      .describe(
        'minutes since its creation from which a detached interface of the VPC CNI counts as leaked; the CNI itself cleans up after 5',
      ),
    warnOfUnattributed: z
      .boolean()
      .default(true)
      .describe('whether leaked interfaces of which nothing tells the cluster are a warning, of every cluster that sees them'),
    enisListed: z.number().int().min(1).default(100).describe('how many interfaces each list names, the oldest first'),
  }),
  metrics: [
    { name: 'LeakedEnis', unit: 'Count', per: 'cluster', description: 'leaked interfaces that are surely of this cluster' },
  ],
  docs: {
    question:
      'Which interfaces did the VPC CNI make for nodes that are gone, and leave behind? Detached, they keep their addresses from the subnet until somebody deletes them: the CNI does so only for a while, on nodes that run, and not under IPv6. Only the subnets that the nodes and pods of this cluster can use are looked at.',
    verdicts: {
      warning:
        'at least one that a tag or an instance gives to this cluster; or, with `warnOfUnattributed`, one of which nothing tells the cluster',
      unknown: 'there is no such one, and there are detached interfaces of the CNI of an age that is not known',
    },
    evidence: {
      eniIds: "this cluster's leaked interfaces, the oldest first",
      ips: 'IPv4 addresses that they hold, those of prefixes too',
      ageHours: 'hours since the oldest of them was made; null where there is none',
      attributed: 'how many there are',
      unattributed:
        'how many leaked interfaces nothing gives to a cluster: in a shared VPC only the CNI setting CLUSTER_NAME, or the instance while it exists, tells',
      unattributedEniIds: 'these, the oldest first',
      unattributedIps: 'IPv4 addresses that these hold',
      unattributedAgeHours: 'hours since the oldest of these was made; null where there is none',
      otherClusters: 'how many leaked interfaces name another cluster, by its name; not judged here',
      unjudged: 'detached interfaces of the CNI without a time of creation, which may be of this cluster: not judged',
      ipsBySubnet: 'addresses that the leaked interfaces of `eniIds` and `unattributedEniIds` hold, by subnet',
    },
    sources: [
      'amazon-vpc-cni-k8s pkg/awsutils/awsutils.go (getLeakedENIs, the tags of new interfaces), README.md (CLUSTER_NAME)',
      'amazon-vpc-resource-controller-k8s pkg/aws/ec2/api/cleanup/eni_cleanup.go',
    ],
  },
  remediations: ['delete-leaked-enis'],
  evaluate({ inputs, optional, target, now, options }) {
    const { nodes, instances, pods } = optional;
    const { identity } = nodeInventory(
      inputs.cluster.name,
      dataOf(nodes),
      dataOf(instances),
      inputs.networkInterfaces,
      dataOf(pods),
    );
    const found = detachedEnis(inputs.networkInterfaces, identity, now, options.leakedAfterMinutes);
    const caveat = instances.ok
      ? undefined
      : `the instances were not read (${instances.code}), so only tags and nodes tell whose an interface is`;
    return {
      findings: [leakedEnisFinding(target, found, options, caveat)],
      metrics: [{ name: 'LeakedEnis', value: found.attributed.length }],
    };
  },
});
