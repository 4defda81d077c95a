import * as z from 'zod';
import { noCiliumNodeFinding } from '#lib/checks/cilium/no-cilium-node-finding.ts';
import { nodePoolFinding } from '#lib/checks/cilium/node-pool-finding.ts';
import { POOL_CIDRS, poolCidrsFinding, poolCidrsReading } from '#lib/checks/cilium/pool-cidrs-finding.ts';
import { malformedFinding } from '#lib/checks/malformed-finding.ts';
import { mergeByResource } from '#lib/checks/merge-by-resource.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Reading } from '#lib/model/history.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { dataOf, ofKinds } from '#lib/model/slice.ts';
import { ciliumIpam } from '#lib/network/cilium/cilium-ipam.ts';
import { ciliumNodes, ciliumPodIpPools } from '#lib/network/cilium/cilium-nodes.ts';
import { nodePoolUses } from '#lib/network/cilium/node-pool-use.ts';
import { clusterPoolCidrs, podIpPoolCidrs } from '#lib/network/cilium/pool-cidrs.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { forecastExhaustion } from '#lib/network/forecast/forecast.ts';

const percent = (value: number, what: string) => z.number().min(0).max(100).default(value).describe(what);

export const check = defineCheck({
  id: 'cilium-ipam',
  title: "Addresses of Cilium's nodes and pools",
  area: 'cilium',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: ['cniResources', 'pods', 'configMaps'],
  options: z.object({
    warningPercent: percent(80, "share in use of a node's addresses, or of a pool's CIDRs, that is a warning"),
    criticalPercent: percent(95, "share in use of a node's addresses, or of a pool's CIDRs, that is critical"),
    warningHours: z.number().min(0).default(24).describe('a forecast of a pool without CIDRs within these hours is a warning'),
    criticalHours: z.number().min(0).default(4).describe('a forecast of a pool without CIDRs within these hours is critical'),
    joiningMinutes: z.number().min(0).default(5).describe('age up to which a node may be without addresses, in minutes'),
  }),
  metrics: [],
  history: { [POOL_CIDRS]: 'CIDRs of a pool of Cilium that nodes can still get, for its forecast' },
  docs: {
    question:
      "Does every node have addresses left for its pods, and does every pool have CIDRs left for nodes? Each IPAM mode and version of Cilium tells that in other fields of the CiliumNode, so the fields that are filled decide: `pools.allocated` (multi-pool, and the ENI mode from Cilium 1.20 on, which clears the use that it told before), `pool` (the ENI mode until then, crd, azure, alibabacloud) or `podCIDRs` (cluster-pool and kubernetes). Where the CiliumNode does not tell the use, the node's pods do.",
    verdicts: {
      warning:
        "`warningPercent` of a node's fixed addresses, unless max-pods keeps it below; a node that grows has none free, or less than its agent asks for; the operator reports an error; or `warningPercent` of a pool's CIDRs are allocated, or a forecast has none left within `warningHours`",
      critical:
        "`criticalPercent` of a node's fixed addresses, or it has none though it is older than `joiningMinutes`; a node that grows has none free and the operator gives no more; `criticalPercent` of a pool's CIDRs, or none is left, or a forecast has none left within `criticalHours`",
      unknown:
        "Cilium's objects or pods were not read; an object could not be understood (it is named); a node has no CiliumNode; or the VPC CNI runs beside and the ConfigMap cilium-config was not read",
      notApplicable: 'no Cilium; Cilium chained on another CNI; or addresses left to another plugin',
    },
    evidence: {
      pool: "the pool's name; `default` where the mode knows no pools",
      source: 'of a node: the field that its capacity was read from',
      capacity: 'of a node: addresses that it has; the first and the last of a CIDR are not among them',
      inUse: "of a node: addresses of pods, and Cilium's own; null where that is not known",
      free: 'of a node: the rest',
      needed: 'of a node: addresses that its agent asks the operator for, spare ones among them; null where it asks for none',
      grows: 'of a node: whether the operator gives it more as it fills',
      allocatablePods: 'of a node: its max-pods',
      operatorError: 'of a node: what the operator says of it, else null',
      cidrs: 'of a pool: its ranges',
      maskSize: 'of a pool: prefix length of the CIDR that a node gets',
      cidrsTotal: 'of a pool: CIDRs that it divides into',
      cidrsAllocated: 'of a pool: those that nodes have',
      cidrsFree: 'of a pool: the rest',
      usedPercent: 'of a pool: `cidrsAllocated` in percent of `cidrsTotal`',
      hoursToExhaustion:
        'of a pool: hours until no CIDR is left, by the forecast; null where none is in sight or nothing can be forecast',
      forecast:
        'of a pool: `earliestHours`, `latestHours` (null: perhaps never) and `cidrsPerHour` of a forecast; or `lastsHours`, how far ahead nothing is in sight; or `unknown`, why nothing can be forecast',
      malformed: 'of the cluster: objects that could not be understood, and where',
      nodesWithoutCiliumNode: 'of the cluster: nodes that an agent is placed on and that have no CiliumNode',
    },
    sources: [
      'Cilium documentation, "IP Address Management (IPAM)": cluster-pool, multi-pool, kubernetes, eni',
      'cilium pkg/ipam/ipam.go and pkg/ipam/types/types.go of 1.19 and 1.20',
      'Cilium documentation, "CNI Chaining"',
    ],
  },
  remediations: ['add-ip-pool'],
  evaluate({ inputs, optional, options, target, history, now }) {
    const ipam = ciliumIpam(inputs.daemonSets, optional.configMaps);
    if (ipam.kind === 'absent') return notApplicable(target, ipam.reason);
    if (ipam.kind === 'unknown') return undecided(target, `${ipam.reason}.`);
    const cniResources = ofKinds(optional.cniResources, ['CiliumNode', 'CiliumPodIPPool']);
    if (!cniResources.ok) return undecided(target, `Cilium's objects were not read: ${asClause(cniResources.reason)}.`);
    const resources = ciliumNodes(cniResources.data);
    const podPools = ciliumPodIpPools(cniResources.data);
    const usesClusterPool = ipam.config?.ipam === 'cluster-pool' || ipam.config?.ipam === 'cluster-pool-v2beta';
    const counted = [
      podIpPoolCidrs(podPools.objects, resources.objects),
      ...(usesClusterPool && ipam.config ? [clusterPoolCidrs(ipam.config, resources.objects)] : []),
    ];
    const pools = counted.flatMap((one) => one.pools);
    const malformed = [resources, podPools, ...counted].flatMap((read) => read.malformed);
    const byName = new Map(inputs.nodes.map((node) => [node.name, node]));
    const pods = Map.groupBy(dataOf(optional.pods) ?? [], ({ nodeName }) => nodeName ?? '');
    const joining = (node: Node | undefined) =>
      node !== undefined && Date.parse(node.createdAt) > now.getTime() - 60_000 * options.joiningMinutes;
    const known = new Set(cniResources.data.flatMap(({ kind, name }) => (kind === 'CiliumNode' ? name : [])));
    const without = inputs.nodes.filter(
      (node) => takesCniAgent(node) && schedulesOn(ipam.daemonSet, node) && !known.has(node.name) && !joining(node),
    );
    const open = resources.malformed.length > 0;
    const forecast = ({ series, id, value }: Reading) =>
      forecastExhaustion([...history.points(series, id), { at: now.toISOString(), value }], { now });
    return {
      findings: mergeByResource([
        ...malformedFinding(target, 'Cilium', malformed),
        ...noCiliumNodeFinding(target, without),
        ...pools.map((pool) => poolCidrsFinding({ pool, thresholds: options, open, forecast: forecast(poolCidrsReading(pool)) })),
        ...resources.objects.flatMap((resource) => {
          const node = byName.get(resource.name);
          const own = optional.pods.ok ? (pods.get(resource.name) ?? []) : undefined;
          return nodePoolUses(resource, node, own).map((use) => nodePoolFinding(use, node, joining(node), options));
        }),
      ]),
      metrics: [],
      // What nodes that could not be understood hold would look like a rise, and later like a fall.
      readings: open ? [] : pools.map(poolCidrsReading),
    };
  },
});
