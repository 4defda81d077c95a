import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { type DnsClients, type DnsRoute, isAutoModeNode } from '#lib/network/dns/clients.ts';
import { type SourceClass, type SourceClassContext, type SourceMode, sourceClasses } from '#lib/network/dns/source-classes.ts';
import { type AttachmentContext, type PodInterface, podInterface } from '#lib/network/pod-interfaces.ts';

export interface DnsSources {
  readonly classes: readonly SourceClass[];
  /** Pods whose security groups cannot be told, by why. */
  readonly unseen: ReadonlyMap<string, { pods: number; readonly example: string }>;
  /** Pods that NodeLocal DNSCache answers on their node. */
  readonly cached: number;
  /** Pods too young to blame for an interface that the list of interfaces does not show. */
  readonly young: number;
}

export interface DnsSourceContext extends AttachmentContext, Omit<SourceClassContext, 'cachedNodes'> {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly clients: DnsClients;
  /** ISO 8601: what was created later may be missing from the list of interfaces. */
  readonly settledBefore: string;
}

/** Folds pods into classes in one pass, so that judging costs by the class and not by the pod. */
export function dnsSources(pods: readonly Pod[], context: DnsSourceContext): DnsSources {
  const classes = sourceClasses({ ...context, cachedNodes: context.clients.cachedNodes });
  const unseen = new Map<string, { pods: number; readonly example: string }>();
  let cached = 0;
  let young = 0;
  for (const pod of pods) {
    const route = context.clients.route(pod);
    if (route === 'none') continue;
    const node = context.nodes.get(pod.nodeName ?? '');
    const found = podInterface(pod, node, context);
    const strict = 'eni' in found && found.attachment === 'pod-security-groups-strict';
    if (route === 'node-cache' && !strict) cached++;
    else if ('eni' in found) classes.add(pod, found, sourceMode(found, route, node));
    else if (!found.seen && pod.createdAt > context.settledBefore) young++;
    else {
      const entry = unseen.get(found.reason) ?? { pods: 0, example: `${pod.namespace}/${pod.name}` };
      entry.pods++;
      unseen.set(found.reason, entry);
    }
  }
  return { classes: classes.all(), unseen, cached, young };
}

function sourceMode(found: PodInterface, route: DnsRoute, node: Node | undefined): SourceMode {
  if (route === 'node-cache-itself') return 'node-local-dns';
  return isAutoModeNode(node) ? 'auto-mode' : found.attachment;
}
