import type { Event, Node } from '#lib/model/kubernetes.ts';

/** By the EKS node monitoring agent. Source: eks-node-monitoring-agent docs/node-health-issues.adoc. */
const REASON = 'LinkLocalExceeded';

/**
 * Nodes that the monitoring agent saw drop packets to link-local addresses, the VPC's resolver among them: an interface passes 1,024 of
 * them a second. Source: Amazon VPC User Guide, "DNS attributes for your VPC", section "DNS limits".
 * @param since ISO 8601: older events do not count
 */
export function linkLocalLimited(nodes: readonly Node[], events: readonly Event[], since: string): readonly string[] {
  const byEvent = events
    .filter(({ reason, involved, lastSeen = '' }) => reason === REASON && involved.kind === 'Node' && lastSeen >= since)
    .map(({ involved }) => involved.name);
  const byCondition = nodes
    .filter(({ conditions }) => conditions.some(({ reason, status }) => reason === REASON && status !== 'True'))
    .map(({ name }) => name);
  return [...new Set([...byEvent, ...byCondition])].sort();
}
