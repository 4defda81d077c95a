import * as z from 'zod';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { type AddressRange, parseRange } from '#lib/network/address-range.ts';
import { type ParsedObjects, parseObjects } from '#lib/network/custom-objects.ts';

const range = z.string().transform((text, context): AddressRange => {
  const parsed = parseRange(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `${text} is no CIDR` });
  return z.NEVER;
});
const byAddress = z.record(z.string(), z.unknown());

/**
 * Cilium writes what a node has into one of several fields, by IPAM mode and version; all are optional, and an empty one is left out.
 * Sources: cilium pkg/k8s/apis/cilium.io/v2/types.go (NodeSpec), pkg/ipam/types/types.go (IPAMSpec, IPAMStatus).
 */
const ciliumNode = z.object({
  spec: z.object({
    addresses: z.array(z.object({ type: z.string().optional(), ip: z.string().optional() })).default([]),
    health: z.object({ ipv4: z.string().optional(), ipv6: z.string().optional() }).default({}),
    ingress: z.object({ ipv4: z.string().optional(), ipv6: z.string().optional() }).default({}),
    ipam: z
      .object({
        pool: byAddress.default({}),
        podCIDRs: z.array(range).default([]),
        pools: z
          .object({
            requested: z
              .array(z.object({ pool: z.string(), needed: z.object({ 'ipv4-addrs': z.number().optional() }).default({}) }))
              .default([]),
            allocated: z.array(z.object({ pool: z.string(), cidrs: z.array(range).default([]) })).default([]),
          })
          .default({ requested: [], allocated: [] }),
      })
      .default({ pool: {}, podCIDRs: [], pools: { requested: [], allocated: [] } }),
  }),
  status: z.object({
    eni: z.object({ enis: byAddress.default({}) }).default({ enis: {} }),
    ipam: z
      .object({
        used: byAddress.default({}),
        'operator-status': z.object({ error: z.string().optional() }).default({}),
      })
      .default({ used: {}, 'operator-status': {} }),
  }),
});
export type CiliumNode = z.output<typeof ciliumNode> & { readonly name: string };

export function ciliumNodes(resources: readonly CustomResource[]): ParsedObjects<z.output<typeof ciliumNode>> {
  return parseObjects(resources, ['CiliumNode'], ciliumNode);
}

const poolRanges = z.object({ cidrs: z.array(range).min(1), maskSize: z.number().int().min(0).max(128) });
const podIpPool = z.object({ spec: z.object({ ipv4: poolRanges.optional(), ipv6: poolRanges.optional() }) });
export type CiliumPodIpPool = z.output<typeof podIpPool> & { readonly name: string };

/** Source: Cilium documentation, "CRD-backed multi-pool" (CiliumPodIPPool). */
export function ciliumPodIpPools(resources: readonly CustomResource[]): ParsedObjects<z.output<typeof podIpPool>> {
  return parseObjects(resources, ['CiliumPodIPPool'], podIpPool);
}
