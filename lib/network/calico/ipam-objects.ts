import * as z from 'zod';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { type AddressRange, parseRange, rangeSize } from '#lib/network/address-range.ts';
import { type ParsedObjects, parseObjects } from '#lib/network/custom-objects.ts';
import { compileCalicoSelector, isReadable } from '#lib/network/policy/calico-selector.ts';

/**
 * Calico's IPAM objects, which crd.projectcalico.org/v1 and projectcalico.org/v3 write alike but for the kind of the configuration.
 * Sources: projectcalico/api pkg/apis/projectcalico/v3 (IPPool, IPReservation), libcalico-go lib/apis/v3 (IPAMBlock, IPAMConfig)
 * and lib/backend/model/block.go.
 */

const range = z.string().transform((text, context): AddressRange => {
  const parsed = parseRange(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `${text} is no CIDR` });
  return z.NEVER;
});

const mode = z.enum(['Never', 'Always', 'CrossSubnet']).or(z.literal('').transform(() => 'Never' as const));

const ipPool = z
  .object({
    spec: z.object({
      cidr: z.string(),
      blockSize: z.number().int().min(0).max(128).optional(),
      disabled: z.boolean().default(false),
      /** Manual: only pods that ask for this pool get its addresses. */
      assignmentMode: z.enum(['Automatic', 'Manual']).default('Automatic'),
      /** An empty one is none. */
      allowedUses: z
        .array(z.string())
        .default([])
        .transform((uses) => (uses.length === 0 ? ['Workload', 'Tunnel'] : uses)),
      nodeSelector: z.string().default('all()'),
      /** Pods of other namespaces get none of its addresses. */
      namespaceSelector: z.string().default(''),
      ipipMode: mode.default('Never'),
      vxlanMode: mode.default('Never'),
      natOutgoing: z.boolean().default(false),
    }),
  })
  .transform(({ spec: { blockSize, ...spec } }, context) => {
    const addresses = parseRange(spec.cidr);
    if (addresses === undefined) {
      context.addIssue({ code: 'custom', path: ['spec', 'cidr'], message: `${spec.cidr} is no CIDR` });
      return z.NEVER;
    }
    const selector = compileCalicoSelector(spec.nodeSelector);
    if (!isReadable(selector)) {
      context.addIssue({ code: 'custom', path: ['spec', 'nodeSelector'], message: `${spec.nodeSelector} is no selector` });
      return z.NEVER;
    }
    const length = blockSize || (addresses.family === 4 ? 26 : 122);
    return { ...spec, selector, addresses, addressesPerBlock: 1n << BigInt((addresses.family === 4 ? 32 : 128) - length) };
  });
export type CalicoPool = z.output<typeof ipPool> & { readonly name: string };

const attribute = z.object({ secondary: z.record(z.string(), z.string()).nullish(), releasedAt: z.string().nullish() });

/** Who an allocation is for, in Calico's own words: `pod`, `namespace`, `node`, `type`, `timestamp`. */
export interface Allocation {
  readonly ordinal: number;
  readonly owner: Readonly<Record<string, string>>;
  /** Given back, and held until its cool-down is over. */
  readonly coolingDown: boolean;
}

const ipamBlock = z
  .object({
    spec: z.object({
      cidr: range,
      affinity: z.string().nullish(),
      allocations: z.array(z.number().int().min(0).nullable()),
      unallocated: z.array(z.number().int().min(0)),
      attributes: z.array(attribute),
    }),
  })
  .transform(({ spec: { cidr, affinity, allocations, unallocated, attributes } }, context) => {
    const free = new Set(unallocated);
    const consistent =
      BigInt(allocations.length) === rangeSize(cidr) &&
      free.size === unallocated.length &&
      allocations.every((at, ordinal) => (at === null) === free.has(ordinal)) &&
      unallocated.every((ordinal) => ordinal < allocations.length);
    if (!consistent) {
      const path = ['spec', 'unallocated'];
      context.addIssue({ code: 'custom', path, message: 'it disagrees with allocations, or with the size of the block' });
      return z.NEVER;
    }
    const allocated = allocations.flatMap((at, ordinal): Allocation[] =>
      at === null ? [] : [allocationOf(ordinal, attributes[at])],
    );
    return { addresses: cidr, unallocated, allocated, host: affinity?.startsWith('host:') ? affinity.slice(5) : undefined };
  });
/** `host` is the node that the block is affine to: undefined for one that belongs to no node, or to a virtual one. */
export type CalicoBlock = z.output<typeof ipamBlock> & { readonly name: string };

/** Attributes may be missing: then nothing is known of the owner. Source: block.go, NonAffineAllocations. */
function allocationOf(ordinal: number, attributes: z.output<typeof attribute> | undefined): Allocation {
  return { ordinal, owner: attributes?.secondary ?? {}, coolingDown: Boolean(attributes?.releasedAt) };
}

const ipReservation = z.object({ spec: z.object({ reservedCIDRs: z.array(range).default([]) }) });

const ipamConfig = z.object({
  spec: z.object({
    strictAffinity: z.boolean().default(false),
    autoAllocateBlocks: z.boolean().default(true),
    /** 0 is no limit. */
    maxBlocksPerHost: z.number().int().min(0).default(0),
  }),
});
/** Of a cluster that has none. Source: libcalico-go lib/ipam (GetIPAMConfig). */
const DEFAULT_CONFIG = { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0 } as const;
export type CalicoIpamConfig = z.output<typeof ipamConfig>['spec'];

export interface CalicoIpamObjects {
  readonly pools: readonly CalicoPool[];
  readonly blocks: readonly CalicoBlock[];
  readonly reservations: readonly AddressRange[];
  readonly config: CalicoIpamConfig;
  /** By kind, the objects that could not be understood. */
  readonly malformed: Readonly<Record<'pools' | 'blocks' | 'reservations' | 'config', readonly string[]>>;
}

export function calicoPools(resources: readonly CustomResource[]): ParsedObjects<z.output<typeof ipPool>> {
  return parseObjects(resources, ['IPPool'], ipPool);
}

export function calicoIpamObjects(resources: readonly CustomResource[]): CalicoIpamObjects {
  const pools = calicoPools(resources);
  const blocks = parseObjects(resources, ['IPAMBlock'], ipamBlock);
  const reservations = parseObjects(resources, ['IPReservation'], ipReservation);
  const config = parseObjects(resources, ['IPAMConfig', 'IPAMConfiguration'], ipamConfig);
  return {
    pools: pools.objects,
    blocks: blocks.objects,
    reservations: reservations.objects.flatMap(({ spec }) => spec.reservedCIDRs),
    config: config.objects[0]?.spec ?? DEFAULT_CONFIG,
    malformed: {
      pools: pools.malformed,
      blocks: blocks.malformed,
      reservations: reservations.malformed,
      config: config.malformed,
    },
  };
}
