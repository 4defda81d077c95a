import type { DaemonSet, Node } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { ciliumChaining } from '#lib/network/cilium/chaining.ts';
import type { Cni } from '#lib/network/cni.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

/** `chained`: one leaves the pods' interfaces to the other. `unknown`: what decides it was not read. */
export type Coexistence = 'chained' | 'conflict' | 'unknown';

export interface CniPair {
  readonly first: Cni;
  readonly second: Cni;
  readonly coexistence: Coexistence;
  /** A clause. */
  readonly why: string;
  /** Nodes that take the agents of both. */
  readonly nodes: readonly Node[];
}

/** Every two CNIs that meet on a node. */
export function cniPairs(cnis: readonly Cni[], nodes: readonly Node[], configMaps: Slices['configMaps']): readonly CniPair[] {
  return cnis.flatMap((first, at) =>
    cnis.slice(at + 1).flatMap((second) => {
      const shared = nodes.filter((node) => [first, second].every(({ daemonSet }) => takes(daemonSet, node)));
      return shared.length === 0 ? [] : [{ first, second, nodes: shared, ...coexistence(first, second, configMaps) }];
    }),
  );
}

const takes = (daemonSet: DaemonSet, node: Node): boolean => takesCniAgent(node) && schedulesOn(daemonSet, node);

function coexistence(first: Cni, second: Cni, configMaps: Slices['configMaps']): Pick<CniPair, 'coexistence' | 'why'> {
  if (first.kind === second.kind) return { coexistence: 'conflict', why: 'both are agents of the same CNI' };
  const pair = [first, second];
  const calico = pair.find(({ kind }) => kind === 'calico');
  if (calico !== undefined && isPolicyOnly(calico.daemonSet))
    return { coexistence: 'chained', why: 'Calico enforces policies only' };
  const cilium = pair.find(({ kind }) => kind === 'cilium');
  if (cilium !== undefined) return chaining(cilium.daemonSet, configMaps);
  return { coexistence: 'conflict', why: 'neither is set up to leave the interfaces to the other' };
}

/**
 * Calico without a network of its own: no routing backend, or no container that installs a CNI plugin.
 * Sources: Calico documentation, "Configuring calico/node" (CALICO_NETWORKING_BACKEND=none) and "Amazon EKS, policy only"; tigera/operator
 * pkg/render/node.go (install-cni only where the CNI is Calico's).
 */
function isPolicyOnly({ containers }: DaemonSet): boolean {
  const node = containers.find(({ name }) => name === 'calico-node');
  return node?.env['CALICO_NETWORKING_BACKEND'] === 'none' || !containers.some(({ name }) => name === 'install-cni');
}

function chaining(daemonSet: DaemonSet, configMaps: Slices['configMaps']): Pick<CniPair, 'coexistence' | 'why'> {
  const found = ciliumChaining(daemonSet, configMaps);
  switch (found.kind) {
    case 'chained':
      return { coexistence: 'chained', why: `Cilium chains on it (cni-chaining-mode ${found.mode})` };
    case 'alone':
      return { coexistence: 'conflict', why: 'Cilium does not chain (cni-chaining-mode none)' };
    case 'unknown':
      return { coexistence: 'unknown', why: `whether Cilium chains is not known: ${found.reason}` };
  }
}
