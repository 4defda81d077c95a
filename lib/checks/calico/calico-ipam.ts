import * as z from 'zod';
import { calicoIpamInputs } from '#lib/checks/calico/calico-ipam-inputs.ts';
import { poolFinding } from '#lib/checks/calico/pool-finding.ts';
import { poolsFindings } from '#lib/checks/calico/pools-findings.ts';
import { malformedFinding } from '#lib/checks/malformed-finding.ts';
import { mergeByResource } from '#lib/checks/merge-by-resource.ts';
import { defineCheck } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { calicoUse } from '#lib/network/calico/pool-use.ts';
import { findCnis } from '#lib/network/cni.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { forecastExhaustion } from '#lib/network/forecast/forecast.ts';

const percent = (value: number, what: string) => z.number().min(0).max(100).default(value).describe(what);

/** Series of the addresses that can be had, by pool. */
const POOL_ADDRESSES = 'CalicoPoolAvailable';

export const check = defineCheck({
  id: 'calico-ipam',
  title: "Addresses of Calico's pools",
  area: 'calico',
  severity: 'critical',
  inputs: ['daemonSets'],
  optional: ['cniResources', 'pods', 'nodes'],
  options: z.object({
    warningPercent: percent(80, 'share of a pool in use that is a warning'),
    criticalPercent: percent(95, 'share of a pool in use that is critical'),
    warningHours: z
      .number()
      .min(0)
      .default(24)
      .describe('a forecast of a pool without addresses within these hours is a warning'),
    criticalHours: z.number().min(0).default(4).describe('a forecast of a pool without addresses within these hours is critical'),
  }),
  metrics: [],
  history: { [POOL_ADDRESSES]: 'addresses of a pool of Calico that can be had, for its forecast' },
  docs: {
    question:
      'How full is each of the pools that Calico gives pods addresses from? Counted from its blocks as Calico itself counts them: a pool has the addresses of its whole CIDR, one in use may be reserved too, and one that was released stays in use until its cool-down is over.',
    verdicts: {
      warning:
        '`warningPercent` of the addresses that can be had at all are in use, or a forecast has none left within `warningHours`; or worse, while another pool for the same nodes and uses has room; or pods have addresses outside of every pool; or no pool is for a node, and pods there have addresses all the same',
      critical:
        '`criticalPercent` of them, or a forecast of none within `criticalHours`, and no other pool takes over; or no pool is enabled; or none is for a node, whose pods get no address',
      unknown:
        "Calico's objects were not read, or one of them could not be understood (it is named); or Calico keeps them outside of the API server, or takes addresses from podCIDRs",
      notApplicable: 'no Calico; or Calico that enforces policies alone, on top of the VPC CNI or another CNI',
    },
    evidence: {
      cidr: "the pool's CIDR",
      capacity: 'addresses of the whole CIDR',
      inUse: 'addresses that are allocated, those that cool down among them',
      available: 'addresses that are neither in use nor reserved',
      reserved: 'addresses that IPReservations hold back, in use or not',
      borrowed: "addresses in use by other nodes than the block's",
      coolingDown: 'addresses that were released and are held until their cool-down is over',
      usedPercent: '`inUse` in percent of `inUse` and `available`',
      hoursToExhaustion: 'hours until none can be had, by the forecast; null where none is in sight or nothing can be forecast',
      forecast:
        '`earliestHours`, `latestHours` (null: perhaps never) and `addressesPerHour` of a forecast; or `lastsHours`, how far ahead nothing is in sight; or `unknown`, why nothing can be forecast',
      blocksClaimed: 'blocks that exist',
      blocksTotal: 'blocks that the CIDR divides into',
      disabled: 'whether the pool gives no new addresses',
      sibling: 'another pool for the same nodes and uses with room, else null',
      malformed: 'of the cluster: objects that could not be understood, and where',
      orphanedBlocks: 'of the cluster: blocks outside of every pool that hold addresses in use',
      nodesWithoutPool: 'of the cluster: nodes that no enabled pool gives addresses to by itself',
      enabledPools: 'of the cluster: pools that give new addresses',
    },
    sources: [
      'libcalico-go lib/ipam/ipam.go (GetUtilization)',
      'Calico documentation, "IP pool" and "IPReservation" resources; "Selectors"; "Assign IP addresses based on topology"',
      'Calico documentation, "Install Calico on Amazon EKS"',
    ],
  },
  remediations: ['add-ip-pool'],
  evaluate({ inputs, optional, options, target, history, now }) {
    const given = calicoIpamInputs(target, inputs.daemonSets, optional);
    if (given.answer !== undefined) return given.answer;
    const { objects } = given;
    const malformed = Object.values(objects.malformed).flat();
    const { pools, orphaned } = calicoUse(objects);
    const agents = findCnis(inputs.daemonSets).filter(({ kind }) => kind === 'calico');
    const nodes = dataOf(optional.nodes)?.filter(
      (node) => takesCniAgent(node) && agents.some(({ daemonSet }) => schedulesOn(daemonSet, node)),
    );
    return {
      findings: mergeByResource([
        ...malformedFinding(target, 'Calico', malformed),
        ...(malformed.length === 0 ? poolsFindings(target, objects, orphaned, nodes) : []),
        ...pools.map((use) => {
          const past = history.points(POOL_ADDRESSES, use.pool.name);
          const present = { at: now.toISOString(), value: Number(use.available) };
          const forecast = forecastExhaustion([...past, present], { now });
          return poolFinding({ use, pools, nodes, thresholds: options, malformed, forecast });
        }),
      ]),
      metrics: [],
      // What could not be understood would look like a rise, and later like a fall.
      readings:
        malformed.length > 0
          ? []
          : pools.map(({ pool, available }) => ({ series: POOL_ADDRESSES, id: pool.name, value: Number(available) })),
    };
  },
});
