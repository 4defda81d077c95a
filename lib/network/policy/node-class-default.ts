import type { NodeClass } from '#lib/model/karpenter.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { NODE_CLASS_LABEL, nodeClassName } from '#lib/network/node-class.ts';
import type { Enforcement } from '#lib/network/policy/classes.ts';

/**
 * What is done to pods of EKS Auto Mode's nodes, by the NodeClass of each: with `networkPolicy: DefaultDeny` everything is denied to a
 * pod that no policy selects. A node that is not known may be of any class.
 * Source: Amazon EKS User Guide, "Create a Node Class for Amazon EKS" and "Use Network Policies with EKS Auto Mode".
 * @param classes undefined where they were not read
 * @param policiesReach whether policies are known to be handed to the nodes
 */
export function byNodeClass(
  classes: readonly NodeClass[] | undefined,
  policiesReach: boolean,
): (node: Node | undefined) => Enforcement {
  const unknown = (reason: string): Enforcement => ({ kind: 'default-unknown', reason, policiesReach });
  if (classes === undefined) {
    const unread = unknown('the NodeClasses of EKS Auto Mode were not read, and may deny by default');
    return () => unread;
  }
  const byName = new Map(classes.map((nodeClass) => [nodeClass.name, enforcementOf(nodeClass, policiesReach)]));
  const allAllow = byName.size > 0 && [...byName.values()].every((enforcement) => enforcement === 'policies');
  return (node) => {
    if (node === undefined && allAllow) return 'policies';
    if (node === undefined) return unknown('its node is not known, and a NodeClass of EKS Auto Mode may deny by default');
    const name = nodeClassName(node);
    if (name === undefined) return unknown(`its node has no label ${NODE_CLASS_LABEL}, and its NodeClass may deny by default`);
    return byName.get(name) ?? unknown(`NodeClass ${name}, which may deny by default, is not in the API server any more`);
  };
}

function enforcementOf({ name, networkPolicy = 'DefaultAllow' }: NodeClass, policiesReach: boolean): Enforcement {
  switch (networkPolicy) {
    case 'DefaultAllow':
      return 'policies';
    case 'DefaultDeny':
      return { kind: 'default-deny', nodeClass: name, policiesReach };
    default: {
      const reason = `NodeClass ${name} has networkPolicy: ${networkPolicy}, which this cniwatch does not know`;
      return { kind: 'default-unknown', reason, policiesReach };
    }
  }
}
