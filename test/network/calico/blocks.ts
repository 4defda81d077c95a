/** Objects of Calico for tests: plausible defaults, and what the test is about. */
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { formatIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';

const V1 = 'crd.projectcalico.org/v1';

export function anObject(kind: string, name: string, spec: unknown, over: Partial<CustomResource> = {}): CustomResource {
  return { apiVersion: V1, kind, name, labels: {}, spec, ...over };
}

export const aPool = (name: string, cidr: string, over: Readonly<Record<string, unknown>> = {}) =>
  anObject('IPPool', name, { cidr, blockSize: 26, ipipMode: 'Never', vxlanMode: 'Always', natOutgoing: true, ...over });

/** Who holds an address. */
export interface Held {
  readonly pod?: string;
  readonly namespace?: string;
  /** The node of the pod; the block's own unless it was borrowed. */
  readonly node?: string;
  readonly type?: string;
  readonly timestamp?: string;
  readonly releasedAt?: string;
}

/** A block of `cidr` affine to `node`, whose first addresses are held by these, in order. */
export function aBlock(cidr: string, node: string | undefined, held: readonly Held[]): CustomResource {
  const { first, size } = parseIpv4Block(cidr) ?? { first: 0, size: 0 };
  const allocations = Array.from({ length: size }, (_, ordinal) => (ordinal < held.length ? ordinal : null));
  return anObject('IPAMBlock', `${formatIpv4(first).replaceAll('.', '-')}-${32 - Math.log2(size)}`, {
    cidr,
    ...(node && { affinity: `host:${node}` }),
    allocations,
    unallocated: allocations.flatMap((at, ordinal) => (at === null ? [ordinal] : [])),
    attributes: held.map(({ releasedAt, ...secondary }, at) => ({
      handle_id: `k8s-pod-network.${at}`,
      secondary: { node: secondary.node ?? node ?? 'n1', ...secondary },
      ...(releasedAt && { releasedAt }),
    })),
    sequenceNumber: 1,
    strictAffinity: false,
  });
}

/** So many pods of the shop. */
export const pods = (count: number, over: Held = {}): readonly Held[] =>
  Array.from({ length: count }, (_, at) => ({ pod: `web-${at + 1}`, namespace: 'shop', ...over }));
