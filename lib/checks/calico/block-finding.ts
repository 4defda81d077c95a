import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { CalicoIpamConfig } from '#lib/network/calico/ipam-objects.ts';
import { type NodeBlocks, unclaimedBlocks } from '#lib/network/calico/node-blocks.ts';
import type { PoolUse } from '#lib/network/calico/pool-use.ts';

export interface JudgedBlocks {
  readonly use: PoolUse;
  readonly config: CalicoIpamConfig;
  /** Nodes of this pool's family that get no address though others' blocks have free ones. */
  readonly stranded: readonly string[];
  readonly warningPercent: number;
  readonly malformed: readonly string[];
}

const MOST_LISTED = 20;
const round = (share: number) => Math.round(10 * share) / 10;

export function blockFinding({ use, config, stranded, warningPercent, malformed }: JudgedBlocks): Judgement {
  const { pool, blocks, blocksTotal, available, availableInBlocks } = use;
  const claimed = blocks.reduce((sum, { addresses }) => sum + addresses.end - addresses.first, 0n);
  const blocksPercent = round((100 * Number(claimed)) / Number(use.capacity));
  const fragmentation = available === 0n ? 0 : Math.round((1000 * availableInBlocks) / Number(available)) / 1000;
  const verdict = ((): Verdict => {
    if (pool.disabled) return 'ok';
    if (stranded.length > 0 && availableInBlocks > 0) return 'critical';
    if (malformed.length > 0) return 'unknown';
    return blocksPercent >= warningPercent ? 'warning' : 'ok';
  })();
  const affinity = config.strictAffinity
    ? 'strict affinity keeps other nodes from them'
    : 'other nodes may borrow them, since affinity is not strict';
  const clauses = [
    `${blocks.length} of ${blocksTotal} blocks of ${pool.name} (${pool.cidr}) are claimed (${blocksPercent} %)`,
    `${availableInBlocks} of ${available} free addresses are in nodes' blocks, and ${affinity}`,
    ...(verdict === 'critical'
      ? [`${plural(stranded.length, 'node')} can get no address: ${stranded.slice(0, 3).join(', ')}`]
      : []),
    ...(pool.disabled ? ['it is disabled and gives no new addresses'] : []),
    ...(verdict === 'unknown' ? ['what could not be understood may change that'] : []),
  ];
  return {
    verdict,
    resource: { kind: 'ip-pool', id: pool.name, name: pool.name },
    summary: `${clauses.join('; ')}.`,
    evidence: {
      cidr: pool.cidr,
      blocksClaimed: blocks.length,
      blocksTotal: Number(blocksTotal),
      blocksPercent,
      blocksUnclaimed: unclaimedBlocks(use, config),
      freeInBlocks: availableInBlocks,
      freeTotal: Number(available),
      fragmentation,
      strictAffinity: config.strictAffinity,
      maxBlocksPerHost: config.maxBlocksPerHost,
      strandedNodes: stranded.slice(0, MOST_LISTED),
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate', remediation: 'add-ip-pool' }),
    ...(verdict === 'warning' && { timeToImpact: 'days', remediation: 'add-ip-pool' }),
  };
}

/** A node with as many blocks as it may have, when they fill up. */
export function nodeLimitFinding(
  { node, blocks, inUse, available }: NodeBlocks,
  { strictAffinity, maxBlocksPerHost }: CalicoIpamConfig,
): Judgement {
  const verdict = available === 0 && strictAffinity ? 'critical' : 'warning';
  const borrows = strictAffinity ? 'strict affinity lets it borrow none' : 'it may borrow from other nodes';
  return {
    verdict,
    resource: { kind: 'node', id: node, name: node },
    summary: `${node} has ${plural(blocks, 'block')}, as many as maxBlocksPerHost lets it have, with ${inUse} addresses in use and ${available} free; ${borrows}.`,
    evidence: { blocksClaimed: blocks, maxBlocksPerHost, inUse, freeInBlocks: available, strictAffinity },
    timeToImpact: verdict === 'critical' ? 'immediate' : 'hours',
  };
}
