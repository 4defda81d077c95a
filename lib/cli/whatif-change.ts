import { UsageError } from '#lib/cli/usage-error.ts';
import type { WhatIfOptions } from '#lib/cli/whatif.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { blocksOverlap, formatIpv4Block } from '#lib/network/ipv4.ts';
import type { AddedSubnet, Change } from '#lib/network/what-if/change.ts';
import { parseAddedSubnet } from '#lib/network/what-if/subnet-text.ts';

/** What stands for a group whose update EKS does not manage: the share that Kubernetes itself takes for a rolling update. */
const OTHER_SURGE_PERCENT = 25;

/** What the options ask. @throws UsageError for a subnet that cannot be added to this VPC */
export function changeOf(options: WhatIfOptions, slices: Slices): Change {
  const { nodes, instanceType, prefixDelegation, warmIpTarget, addSubnet = [], surge, loseZone } = options;
  const replaceNodes = options.replaceNodes ?? replacesByDefault(options);
  return {
    ...(nodes !== undefined && { nodes }),
    ...(instanceType !== undefined && { instanceType }),
    ...(prefixDelegation !== undefined && { prefixDelegation: prefixDelegation === 'on' }),
    ...(warmIpTarget !== undefined && { warmIpTarget }),
    ...(addSubnet.length > 0 && { addSubnets: addedSubnets(addSubnet, slices) }),
    ...(surge !== undefined && {
      surge: surge === true ? { kind: 'update-config', otherPercent: OTHER_SURGE_PERCENT } : { kind: 'percent', percent: surge },
    }),
    ...(loseZone !== undefined && { loseZone }),
    ...(replaceNodes && { replaceNodes }),
  };
}

/** AWS tells to replace nodes for prefix delegation, and a type belongs to a node for its life; only nodes that are added have it apart. */
function replacesByDefault({ prefixDelegation, instanceType, nodes = 0 }: WhatIfOptions): boolean {
  return prefixDelegation !== undefined || (instanceType !== undefined && nodes <= 0);
}

function addedSubnets(texts: readonly string[], slices: Slices): readonly AddedSubnet[] {
  const added: AddedSubnet[] = [];
  for (const text of texts) {
    const subnet = parseAddedSubnet(text, {
      subnets: dataOf(slices.subnets),
      vpc: dataOf(slices.vpc),
      serviceIpv4Cidr: dataOf(slices.cluster)?.serviceIpv4Cidr,
      zones: zonesOf(slices),
    });
    if (typeof subnet === 'string') throw new UsageError(subnet);
    const twice = added.find(({ block }) => blocksOverlap(block, subnet.block));
    if (twice)
      throw new UsageError(`${formatIpv4Block(subnet.block)} overlaps ${formatIpv4Block(twice.block)}, which is added too`);
    added.push(subnet);
  }
  return added;
}

function zonesOf({ nodes }: Slices): readonly string[] {
  const zones = (dataOf(nodes) ?? []).flatMap(({ labels }) => labels['topology.kubernetes.io/zone'] ?? []);
  return [...new Set(zones)];
}
