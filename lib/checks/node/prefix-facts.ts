import type { PrefixDelegationFacts } from '#lib/checks/node/prefix-delegation-finding.ts';
import type { NODE_INPUTS, VpcCniNodes } from '#lib/checks/node/vpc-cni-nodes.ts';
import { plural } from '#lib/model/plural.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import { addonDrift } from '#lib/network/addon-drift.ts';
import { findCnis } from '#lib/network/cni.ts';
import { podNetwork } from '#lib/network/pod-network.ts';
import { prefixNodes } from '#lib/network/prefix-delegation.ts';
import { prefixRooms } from '#lib/network/prefix-room.ts';
import type { OutsideReservation } from '#lib/network/prefix-supply.ts';

interface Sources {
  readonly inputs: Pick<SliceData, (typeof NODE_INPUTS)[number] | 'subnetCidrReservations'>;
  readonly optional: Pick<Slices, 'instances' | 'eniConfigs' | 'addons'>;
}

/** Gathers what decides about prefix delegation: nodes, subnets, and the add-on against its DaemonSet. */
export function prefixFacts(
  { settings, judged, unjudged }: VpcCniNodes,
  { inputs, optional }: Sources,
  outsideReservation: OutsideReservation,
): PrefixDelegationFacts {
  const { cluster, subnets, instanceTypes, subnetCidrReservations } = inputs;
  const daemonSet = findCnis(inputs.daemonSets).find(({ kind }) => kind === 'vpc-cni')?.daemonSet;
  const drifted = daemonSet === undefined ? undefined : addonDrift(optional.addons, daemonSet);
  const network = podNetwork(cluster, subnets, {
    ...optional,
    nodes: { ok: true, data: inputs.nodes },
    pods: { ok: true, data: inputs.pods },
    daemonSets: { ok: true, data: inputs.daemonSets },
    networkInterfaces: { ok: true, data: inputs.networkInterfaces },
  });
  const rooms = prefixRooms(network, {
    types: new Map(instanceTypes.map((type) => [type.instanceType, type])),
    interfaces: inputs.networkInterfaces,
    reservations: subnetCidrReservations,
    outsideReservation,
  });
  const strange = unjudged.filter(({ answer, host }) => answer.kind === 'unknown' && host.kind !== 'windows').length;
  return {
    settings,
    nodes: prefixNodes(judged),
    unjudged,
    rooms,
    drift: drifted?.drift ?? [],
    gaps: [
      ...(drifted?.gap === undefined ? [] : [drifted.gap]),
      ...(strange > 0 ? [`${plural(strange, 'node')} cannot be judged`] : []),
    ],
    unplaced: [...new Set(network.unresolved.map(({ reason }) => reason))],
  };
}
