import type { Node } from '#lib/model/kubernetes.ts';

/** EKS Auto Mode writes it on its nodes: the name of their NodeClass. */
export const NODE_CLASS_LABEL = 'eks.amazonaws.com/nodeclass';

export function nodeClassName(node: Node | undefined): string | undefined {
  return node?.labels[NODE_CLASS_LABEL];
}
