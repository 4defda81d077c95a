import * as z from 'zod';
import type { InstanceType } from '#lib/model/ec2.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { type EniNodeAnswer, eniHost, type NodeHost } from '#lib/network/eni-nodes.ts';
import { nodeCapacity } from '#lib/network/node-capacity.ts';
import { countPods } from '#lib/network/pod-counts.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';

/** Source: cilium pkg/aws/eni/types (ENISpec, ENIStatus). */
const ciliumNode = z.object({
  spec: z.object({
    eni: z.object({
      'first-interface-index': z.number().int().min(0).default(0),
      'use-primary-address': z.boolean().default(false),
      'disable-prefix-delegation': z.boolean().default(false),
    }),
  }),
  status: z.object({ eni: z.object({ enis: z.record(z.string(), z.object({ prefixes: z.array(z.string()).nullish() })) }) }),
});

/** The CiliumNodes by node, where Cilium takes its addresses from interfaces (IPAM mode eni): empty in any other mode. */
export function ciliumEniNodes(resources: readonly CustomResource[]): ReadonlyMap<string, z.infer<typeof ciliumNode>> {
  return new Map(
    resources.flatMap(({ kind, name, spec, status }) => {
      const parsed = kind === 'CiliumNode' ? ciliumNode.safeParse({ spec, status }) : undefined;
      const inUse = parsed?.success && Object.keys(parsed.data.status.eni.enis).length > 0;
      return inUse ? [[name, parsed.data] as const] : [];
    }),
  );
}

/**
 * What a node's interfaces offer its pods under Cilium: those from `first-interface-index` on, with their own address where
 * `use-primary-address` says so, and prefixes on a node whose interfaces hold them.
 * Source: cilium pkg/aws/eni/node.go (ResyncInterfacesAndIPs, IsPrefixDelegated).
 */
export function ciliumEniNode(
  host: NodeHost,
  ciliumNodes: ReturnType<typeof ciliumEniNodes>,
  types: ReadonlyMap<string, InstanceType>,
): EniNodeAnswer {
  const type = eniHost(host, types);
  if ('kind' in type) return type;
  const { node, interfaces, pods } = host;
  const resource = ciliumNodes.get(node.name);
  if (resource === undefined) return { kind: 'unknown', reason: 'a node whose CiliumNode names no interface' };
  if (type.networkCards.length > 1)
    return { kind: 'unknown', reason: `on ${type.instanceType}, and how Cilium uses several network cards is not known` };
  const { eni } = resource.spec;
  const firstInterfaceIndex = eni['first-interface-index'];
  const prefixes = Object.values(resource.status.eni.enis).some((one) => (one.prefixes ?? []).length > 0);
  const settings = {
    ...MANIFEST_SETTINGS,
    prefixDelegation: prefixes && !eni['disable-prefix-delegation'] && type.hypervisor === 'nitro',
    maxEni: Math.max(0, type.maximumNetworkInterfaces - firstInterfaceIndex),
  };
  const usable = interfaces.filter(({ attachment }) => (attachment?.deviceIndex ?? 0) >= firstInterfaceIndex);
  // An interface that gives its own address away holds one more.
  const perInterface = type.ipv4AddressesPerInterface + (eni['use-primary-address'] ? 1 : 0);
  const shaped = { ...type, ipv4AddressesPerInterface: perInterface };
  const capacity = nodeCapacity(shaped, settings, usable, true);
  const whole = { eniAttached: interfaces.length, eniMax: type.maximumNetworkInterfaces };
  return {
    kind: 'judged',
    entry: {
      node,
      host,
      type: shaped,
      capacity: { ...capacity, ...whole },
      pods: countPods(pods),
      cilium: { firstInterfaceIndex },
    },
  };
}
