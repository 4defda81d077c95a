import type { Node } from '#lib/model/kubernetes.ts';
import type { CompiledSelector } from '#lib/network/policy/selectors.ts';

/** Labels that a node has for Calico alone. */
const OWN_LABELS = 'projectcalico.org/labels';

/**
 * The labels that Calico's selectors see on a node: those of Kubernetes, and behind them those that were set by calicoctl.
 * Source: libcalico-go lib/backend/k8s/resources/node.go (K8sNodeToCalico).
 */
export function calicoLabels({ labels, annotations }: Pick<Node, 'labels' | 'annotations'>): Readonly<Record<string, string>> {
  const own = annotations[OWN_LABELS];
  return own === undefined ? labels : { ...stringsOf(own), ...labels };
}

export function selectsNode({ matches }: CompiledSelector, node: Pick<Node, 'labels' | 'annotations'>): boolean {
  return matches({ labels: calicoLabels(node), whole: true }) === true;
}

function stringsOf(text: string): Readonly<Record<string, string>> {
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}
