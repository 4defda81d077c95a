import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { canDelegatePrefixes } from '#lib/network/node-capacity.ts';

/** Judges one node: how many of its possible pod addresses are in use, and who waits. */
export function capacityFinding(entry: EniNode, warningPercent: number): Omit<Judgement, 'resource'> {
  const { type, capacity, pods, node, cilium } = entry;
  const verdict = verdictOf(entry, warningPercent);
  const prefixesWouldHelp =
    cilium === undefined && capacity.mode === 'secondary-ip' && !capacity.fellBack && canDelegatePrefixes(type);
  return {
    verdict,
    summary: `${clauses(entry).join('; ')}.`,
    evidence: {
      instanceType: type.instanceType,
      mode: capacity.mode,
      eniAttached: capacity.eniAttached,
      eniMax: capacity.eniMax,
      ipCapacity: capacity.ipCapacity,
      ipAssigned: capacity.ipAssigned,
      ipInUse: pods.inUse,
      branchUsed: pods.branches,
      branchMax: node.allocatablePodEnis ?? null,
      podsWaiting: pods.waiting,
      mixedEnis: [...capacity.mixed],
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const }),
    ...(verdict !== 'ok' &&
      capacity.ipCapacity !== null && {
        remediation: prefixesWouldHelp ? 'enable-prefix-delegation' : 'advise-instance-types',
      }),
  };
}

function verdictOf({ capacity, pods }: EniNode, warningPercent: number): 'ok' | 'warning' | 'critical' {
  const { ipCapacity, ipAssigned } = capacity;
  if (ipCapacity === null) {
    if (ipAssigned > 0) return 'ok';
    return pods.waiting > 0 ? 'critical' : 'warning';
  }
  if (pods.inUse >= ipCapacity && pods.waiting > 0) return 'critical';
  return 100 * pods.inUse >= warningPercent * ipCapacity ? 'warning' : 'ok';
}

function clauses({ node, type, capacity, pods }: EniNode): readonly string[] {
  const { ipCapacity, ipAssigned, mode, eniAttached, eniMax, fellBack, mixed } = capacity;
  return [
    ipCapacity === null
      ? `${node.name} (${type.instanceType}) holds ${ipAssigned} IPv6 prefixes for ${plural(pods.inUse, 'pod')}`
      : `${node.name} (${type.instanceType}, ${mode}) has ${pods.inUse} of ${ipCapacity} possible pod addresses in use and holds ${ipAssigned}, on ${eniAttached} of ${eniMax} interfaces`,
    ...(pods.waiting > 0 ? [`${plural(pods.waiting, 'pod')} without an address`] : []),
    ...(pods.branches > 0 ? [`${pods.branches} of ${node.allocatablePodEnis ?? 0} branch interfaces are used`] : []),
    ...(fellBack ? ['prefix delegation is on and has no effect on this type or CNI version'] : []),
    ...(mixed.length > 0 ? [`${plural(mixed.length, 'interface')} with both single addresses and prefixes`] : []),
  ];
}
