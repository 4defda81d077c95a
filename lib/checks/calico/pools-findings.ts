import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import type { CalicoBlock, CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { servesNode } from '#lib/network/calico/pool-nodes.ts';

const MOST_LISTED = 20;

/** What is wrong with the pools as a whole. @param nodes undefined where they were not read */
export function poolsFindings(
  target: Target,
  { pools, blocks }: Pick<CalicoIpamObjects, 'pools' | 'blocks'>,
  orphaned: readonly CalicoBlock[],
  nodes: readonly Node[] = [],
): readonly Judgement[] {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const enabledPools = pools.filter(({ disabled }) => !disabled).length;
  const held = orphaned.filter(({ allocated }) => allocated.length > 0);
  const unserved = nodes.filter((node) => !pools.some((pool) => servesNode(pool, node)));
  const evidence = {
    enabledPools,
    orphanedBlocks: held.slice(0, MOST_LISTED).map(({ name }) => name),
    nodesWithoutPool: unserved.slice(0, MOST_LISTED).map(({ name }) => name),
  };
  if (enabledPools === 0) {
    const summary = `None of ${plural(pools.length, 'pool')} of Calico is enabled: no new pod gets an address.`;
    return [{ verdict: 'critical', resource, summary, evidence, timeToImpact: 'immediate', remediation: 'add-ip-pool' }];
  }
  return [
    ...(unserved.length > 0 ? [{ resource, evidence, ...withoutPool(unserved, blocks) }] : []),
    ...(held.length > 0 ? [{ resource, evidence, ...outsideOfPools(held) }] : []),
  ];
}

/** Pods may still ask for a pool by name, whatever its selector says: where they have addresses, some seem to. */
function withoutPool(
  nodes: readonly Node[],
  blocks: readonly CalicoBlock[],
): Pick<Judgement, 'verdict' | 'summary' | 'timeToImpact' | 'remediation'> {
  const withPods = new Set(blocks.flatMap(({ allocated }) => allocated.map(({ owner }) => owner['pod'] && owner['node'])));
  const verdict = nodes.every(({ name }) => withPods.has(name)) ? 'warning' : 'critical';
  const summary = `No enabled pool of Calico is for ${plural(nodes.length, 'node')}, as ${nodes[0]?.name}: a new pod there gets no address unless it asks for a pool by its annotation. Compare the nodeSelector of the pools with the labels of the node.`;
  return { verdict, summary, timeToImpact: 'immediate', remediation: 'add-ip-pool' };
}

function outsideOfPools(held: readonly CalicoBlock[]): Pick<Judgement, 'verdict' | 'summary' | 'timeToImpact'> {
  const inUse = held.reduce((sum, { allocated }) => sum + allocated.length, 0);
  const summary = `${plural(held.length, 'block')} outside of every pool of Calico ${held.length === 1 ? 'holds' : 'hold'} ${inUse} addresses in use: their pool was deleted or made smaller.`;
  return { verdict: 'warning', summary, timeToImpact: 'days' };
}
