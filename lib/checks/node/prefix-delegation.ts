import * as z from 'zod';
import { prefixDelegationFinding } from '#lib/checks/node/prefix-delegation-finding.ts';
import { prefixFacts } from '#lib/checks/node/prefix-facts.ts';
import { NODE_INPUTS, noneJudged, vpcCniNodes, vpcCniResource } from '#lib/checks/node/vpc-cni-nodes.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';

export const check = defineCheck({
  id: 'prefix-delegation',
  title: 'Prefix delegation: worth enabling, or taking effect',
  area: 'node',
  severity: 'warning',
  inputs: [...NODE_INPUTS, 'subnetCidrReservations'],
  optional: ['instances', 'eniConfigs', 'addons'],
  options: z.object({
    worthwhileGainPercent: z
      .number()
      .min(0)
      .default(50)
      .describe('how many more pods prefixes must give the nodes to be worth enabling, in percent of what they carry now'),
    nodeUsedPercent: z
      .number()
      .min(0)
      .max(100)
      .default(70)
      .describe('share of its possible pod addresses from which a node counts as short of them, in percent'),
    outsideReservation: z
      .enum(['yes', 'no', 'unknown'])
      .default('unknown')
      .describe(
        'whether EC2 delegates prefixes from outside of a prefix reservation while the subnet has one; AWS does not document it, and `unknown` judges both ways',
      ),
  }),
  metrics: [],
  docs: {
    question:
      'Would the nodes carry more pods with prefix delegation, and is the way free for it? And where it is on, does it take effect? It gives a node sixteen addresses in each slot that held one, but only on Nitro or bare metal, only on new nodes with a new max-pods, and only while the subnets have whole /28 blocks: the VPC CNI does not fall back to single addresses, and says nothing where a type cannot have prefixes.',
    verdicts: {
      warning:
        "off: a node uses `nodeUsedPercent` of its addresses, prefixes give at least `worthwhileGainPercent` more pods, and nothing stands against it; on: types that cannot have prefixes, nodes with the max-pods of single addresses, with both kinds of address or without a prefix, a CNI that is too old, subnets without the /28 blocks of two new nodes; either: the add-on's configuration and the DaemonSet differ, or interfaces hold both kinds",
      unknown:
        "nothing of that is seen, but the add-ons were not read, the CNI's version cannot be told, /28 blocks cannot be counted for sure, or nodes are not judged (multi-NIC, or not seen in EC2); a cluster with Windows nodes alone",
      notApplicable:
        'Cilium, Calico, flannel or EKS Auto Mode gives pods their addresses; IPv6; Fargate, hybrid and Auto Mode nodes alone',
    },
    evidence: {
      enabled: '`ENABLE_PREFIX_DELEGATION` of aws-node',
      eligible:
        'some node can have prefixes and gains by them, the CNI is new enough, and every subnet has the blocks of two new nodes',
      blockers:
        'what stands in the way: `reason` (drift, cni-version, non-nitro-nodes, no-free-prefixes, without-prefixes, stale-max-pods, mixed-nodes, windows-nodes), `detail` and `resources`',
      podCapacityNow: 'pods with an address of their own that the nodes carry: the lesser of addresses and max-pods, summed',
      podCapacityAfter: 'the same with prefixes, on new nodes whose max-pods follows the guidance of 110, or 250 for large types',
      mixedNodes: 'nodes that hold both single addresses for pods and prefixes',
      nonNitroNodes: 'nodes whose type is neither Nitro nor bare metal',
      eligibleNodes: 'nodes whose type can have prefixes',
      shortNodes: 'while it is off: nodes near the end of their addresses, where prefixes would give much more',
      freePrefixes: 'by subnet of the pods, the /28 blocks that can surely be had',
      cniVersion: "the tag of aws-node's image; null where it has none",
      nodes: 'where nothing is judged: the nodes that are not',
    },
    sources: [
      'Amazon EKS Best Practices Guide, "Prefix Mode for Linux" (https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html)',
      'amazon-vpc-cni-k8s README.md, ENABLE_PREFIX_DELEGATION; pkg/ipamd/ipamd.go',
      'Amazon EKS User Guide, "Assign more IP addresses to Amazon EKS nodes with prefixes"',
    ],
  },
  remediations: ['enable-prefix-delegation', 'recycle-nodes', 'reserve-prefix-space'],
  evaluate({ inputs, optional, target, options }) {
    const found = vpcCniNodes({ inputs, optional, target });
    if ('findings' in found) return found;
    if (found.settings.ipv6)
      return notApplicable(target, 'The pods of this cluster have IPv6 addresses, which always come from /80 prefixes.');
    const none = noneJudged(found, target);
    if (none !== undefined) return none;
    const facts = prefixFacts(found, { inputs, optional }, options.outsideReservation);
    const finding = prefixDelegationFinding(facts, options);
    return { findings: [{ ...finding, resource: vpcCniResource(inputs.daemonSets) }], metrics: [] };
  },
});
