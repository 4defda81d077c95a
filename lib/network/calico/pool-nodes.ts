import type { Node } from '#lib/model/kubernetes.ts';
import type { CalicoPool } from '#lib/network/calico/ipam-objects.ts';
import { selectsNode } from '#lib/network/calico/node-labels.ts';

/**
 * Whether a pod on this node that asks for no pool by name may get an address of this one.
 * Source: Calico documentation, "IP pool" resource (nodeSelector, namespaceSelector, assignmentMode, allowedUses, disabled).
 */
export function servesNode({ disabled, assignmentMode, allowedUses, selector }: CalicoPool, node: Node): boolean {
  return !disabled && assignmentMode === 'Automatic' && allowedUses.includes('Workload') && selectsNode(selector, node);
}

/** Whether `other` is for every pod that `pool` is for, on every node. */
export function coversPods(other: CalicoPool, pool: CalicoPool, nodes: readonly Node[] | undefined): boolean {
  const [namespaces, wanted] = [other, pool].map(({ namespaceSelector }) => namespaceSelector.trim());
  return (namespaces === wanted || isAll(namespaces ?? '')) && coversNodes(other, pool, nodes);
}

/** Whether `other` is for every node that `pool` is for; where there are none to ask, as far as the selectors' text tells. */
function coversNodes(other: CalicoPool, pool: CalicoPool, nodes: readonly Node[] | undefined): boolean {
  if (other.nodeSelector.trim() === pool.nodeSelector.trim()) return true;
  if (nodes === undefined || nodes.length === 0) return isAll(other.nodeSelector.trim());
  return nodes.every((node) => !selectsNode(pool.selector, node) || selectsNode(other.selector, node));
}

const isAll = (selector: string): boolean => selector === '' || selector === 'all()';
