import type { ConfigMap, DaemonSet, Node } from '#lib/model/kubernetes.ts';
import type { Cni } from '#lib/network/cni.ts';
import { commandFlag } from '#lib/network/command-flag.ts';
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
export function cniPairs(
  cnis: readonly Cni[],
  nodes: readonly Node[],
  configMaps: readonly ConfigMap[] | undefined,
): readonly CniPair[] {
  return cnis.flatMap((first, at) =>
    cnis.slice(at + 1).flatMap((second) => {
      const shared = nodes.filter((node) => [first, second].every(({ daemonSet }) => takes(daemonSet, node)));
      return shared.length === 0 ? [] : [{ first, second, nodes: shared, ...coexistence(first, second, configMaps) }];
    }),
  );
}

const takes = (daemonSet: DaemonSet, node: Node): boolean => takesCniAgent(node) && schedulesOn(daemonSet, node);

function coexistence(
  first: Cni,
  second: Cni,
  configMaps: readonly ConfigMap[] | undefined,
): Pick<CniPair, 'coexistence' | 'why'> {
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

/**
 * Any chaining mode but `none` leaves the interfaces to another plugin.
 * Source: Cilium documentation, "CNI Chaining" and "AWS VPC CNI plugin" (cni-chaining-mode: aws-cni).
 */
function chaining(
  { containers, namespace }: DaemonSet,
  configMaps: readonly ConfigMap[] | undefined,
): Pick<CniPair, 'coexistence' | 'why'> {
  const flag = containers.map(({ args }) => commandFlag(args, 'cni-chaining-mode')).find((value) => value !== undefined);
  const config = configMaps?.find((one) => one.name === 'cilium-config' && one.namespace === namespace);
  if (flag === undefined && config?.data === undefined)
    return { coexistence: 'unknown', why: `cilium-config was not read${config?.unread ? ` (${config.unread})` : ''}` };
  const mode = flag ?? config?.data?.['cni-chaining-mode'] ?? 'none';
  if (mode !== 'none' && mode !== '') return { coexistence: 'chained', why: `Cilium chains on it (cni-chaining-mode ${mode})` };
  return { coexistence: 'conflict', why: 'Cilium does not chain (cni-chaining-mode none)' };
}
