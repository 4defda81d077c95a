import * as z from 'zod';
import { blockFinding, nodeLimitFinding } from '#lib/checks/calico/block-finding.ts';
import { calicoIpamInputs } from '#lib/checks/calico/calico-ipam-inputs.ts';
import { leakFinding } from '#lib/checks/calico/leak-finding.ts';
import { malformedFinding } from '#lib/checks/malformed-finding.ts';
import { mergeByResource } from '#lib/checks/merge-by-resource.ts';
import { defineCheck } from '#lib/model/check.ts';
import { nodeBlocks, strandedNodes } from '#lib/network/calico/node-blocks.ts';
import { servesNode } from '#lib/network/calico/pool-nodes.ts';
import { calicoUse } from '#lib/network/calico/pool-use.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

export const check = defineCheck({
  id: 'calico-block-fragmentation',
  title: "Calico's blocks: claimed, stranded and leaked",
  area: 'calico',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: ['cniResources', 'pods'],
  options: z.object({
    warningPercent: z
      .number()
      .min(0)
      .max(100)
      .default(80)
      .describe("share of a pool's blocks that are claimed which is a warning"),
    nodeWarningPercent: z
      .number()
      .min(0)
      .max(100)
      .default(80)
      .describe("share of a node's addresses in use that is a warning once it may claim no more blocks"),
    leakMinutes: z
      .number()
      .min(0)
      .default(30)
      .describe('age from which an address of a pod that is gone counts as leaked, in minutes; Calico itself frees it after 15'),
    nodeFindings: z.number().int().min(0).default(10).describe('nodes that get a finding of their own, the fullest first'),
  }),
  metrics: [],
  docs: {
    question:
      "Can every node still get addresses, or are the free ones in other nodes' blocks? Calico gives a node whole blocks of a pool. Once all are claimed, a full node borrows from others' blocks, unless affinity is strict: then its pods wait though the pool has room. Addresses of pods that are gone keep blocks from being freed.",
    verdicts: {
      warning:
        '`warningPercent` of the blocks of a pool are claimed; a node may claim no more (`maxBlocksPerHost`) and `nodeWarningPercent` of its addresses are in use; or addresses are kept for pods that are gone since `leakMinutes`',
      critical:
        'affinity is strict, no block is left to claim in any pool for a node, and it has no free address of its own; or the same of one node at `maxBlocksPerHost`',
      unknown:
        "Calico's objects were not read, or one of them could not be understood (it is named); or pods were not read, so that leaks are not known",
      notApplicable: 'no Calico; or Calico that enforces policies alone, on top of the VPC CNI or another CNI',
    },
    evidence: {
      cidr: "the pool's CIDR",
      blocksClaimed: 'blocks that exist; of a node, its own',
      blocksTotal: 'blocks that the CIDR divides into',
      blocksPercent: 'share of the CIDR inside of blocks, in percent',
      blocksUnclaimed: 'blocks that a node may still claim',
      freeInBlocks: 'addresses inside of blocks that are affine to a node, free and not reserved',
      freeTotal: 'those of the whole pool',
      fragmentation: '`freeInBlocks` as a share of `freeTotal`, from 0 to 1',
      strictAffinity: "whether nodes may not borrow from others' blocks",
      maxBlocksPerHost: 'blocks that one node may have; 0 is no limit',
      strandedNodes: "nodes without a free address of their own that get none of others' blocks",
      inUse: 'of a node: addresses of its blocks that are in use',
      leaked: 'of the cluster: addresses of pods that are gone; null where pods were not read',
      leaks: 'of the cluster: the first of them, as `address`, `pod` and `node`',
      malformed: 'of the cluster: objects that could not be understood, and where',
    },
    sources: [
      'libcalico-go lib/ipam/ipam.go (autoAssign, GetUtilization)',
      'Calico documentation, "IPAM configuration" and "IP pool" resources; "Change IP pool block size"',
      'Calico documentation, "calicoctl ipam check"',
    ],
  },
  remediations: ['add-ip-pool', 'release-leaked-ips'],
  evaluate({ inputs, optional, options, target, now }) {
    const given = calicoIpamInputs(target, inputs.daemonSets, optional);
    if (given.answer !== undefined) return given.answer;
    const { objects } = given;
    const malformed = Object.values(objects.malformed).flat();
    const { pools } = calicoUse(objects);
    const nodes = inputs.nodes.filter(takesCniAgent);
    const families = [4, 6] as const;
    const stranded = new Map(families.map((family) => [family, strandedNodes(family, nodes, objects, pools)]));
    const filling = nodeBlocks(objects)
      .filter(({ atLimit, inUse, available }) => atLimit && 100 * inUse >= options.nodeWarningPercent * (inUse + available))
      .toSorted((a, b) => a.available - b.available || (a.node < b.node ? -1 : 1));
    return {
      findings: mergeByResource([
        ...malformedFinding(target, 'Calico', malformed),
        ...pools.map((use) =>
          blockFinding({
            use,
            config: objects.config,
            stranded: (stranded.get(use.pool.addresses.family) ?? []).flatMap((node) =>
              servesNode(use.pool, node) ? node.name : [],
            ),
            warningPercent: options.warningPercent,
            malformed,
          }),
        ),
        ...filling.slice(0, options.nodeFindings).map((node) => nodeLimitFinding(node, objects.config)),
        ...leakFinding(target, objects.blocks, optional.pods, now.getTime() - 60_000 * options.leakMinutes),
      ]),
      metrics: [],
    };
  },
});
