import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { type Address, type Cidr, cidrContains, cidrSplits, parseCidr } from '#lib/network/address.ts';
import type { PodAttachment, PodInterface } from '#lib/network/pod-interfaces.ts';

export type SourceMode = PodAttachment | 'node-local-dns' | 'auto-mode';

/** Pods of one class that no rule can tell apart: one address stands for all. */
export interface SourceMember {
  readonly address: Address;
  /** Given where a CoreDNS pod runs on the same node. */
  readonly nodeName?: string | undefined;
  pods: number;
}

/** Pods whose traffic meets the same security groups from the same subnet: what decides about one decides about all. */
export interface SourceClass {
  /** Stable across runs. */
  readonly id: string;
  readonly mode: SourceMode;
  readonly groupSets: readonly (readonly string[])[];
  /** One of the interfaces: its subnet, VPC and owner are those of the class. */
  readonly eni: NetworkInterface;
  readonly fromPrefix: boolean;
  /** CIDRs of the subnet; empty where subnets were not read. */
  readonly subnetCidrs: readonly string[];
  readonly members: SourceMember[];
  pods: number;
  /** Strict-mode pods on nodes with NodeLocal DNSCache, which does not support them. */
  podsBesideCache: number;
}

export interface SourceClassContext {
  /** CIDRs of a subnet by its id; undefined where subnets were not read. */
  readonly subnetCidrs: (subnetId: string) => readonly string[] | undefined;
  /** Every CIDR that a rule on the way names: those that split a subnet split its classes. */
  readonly ruleCidrs: readonly Cidr[];
  /** Nodes that run a CoreDNS pod: traffic to it stays on the node. */
  readonly endpointNodes: ReadonlySet<string>;
  /** Nodes that run NodeLocal DNSCache. */
  readonly cachedNodes: ReadonlySet<string>;
  /** Addresses of delegated prefixes are a class of their own. */
  readonly splitPrefixes: boolean;
}

export interface SourceClasses {
  add(pod: Pod, found: PodInterface, mode: SourceMode): void;
  all(): readonly SourceClass[];
}

interface OpenClass {
  readonly source: SourceClass;
  readonly splits: readonly Cidr[];
  readonly bySignature: Map<string, SourceMember>;
}

/** Sorts pods into classes. An interface holds many pods of one class, so its class is looked up once. */
export function sourceClasses(context: SourceClassContext): SourceClasses {
  const byId = new Map<string, OpenClass>();
  const byInterface = new Map<NetworkInterface, OpenClass[]>();
  const classOf = (found: PodInterface, mode: SourceMode): OpenClass => {
    const ofInterface = byInterface.get(found.eni) ?? [];
    const apart = context.splitPrefixes;
    const known = ofInterface.find(({ source }) => source.mode === mode && !(apart && source.fromPrefix !== found.fromPrefix));
    if (known !== undefined) return known;
    const id = classId(found, mode, apart);
    const open = byId.get(id) ?? openClass(id, found, mode, context);
    byId.set(id, open);
    byInterface.set(found.eni, [...ofInterface, open]);
    return open;
  };
  return {
    all: () => [...byId.values()].map(({ source }) => source),
    add(pod, found, mode) {
      const open = classOf(found, mode);
      open.source.pods++;
      const nodeName = pod.nodeName ?? '';
      if (mode === 'pod-security-groups-strict' && context.cachedNodes.has(nodeName)) open.source.podsBesideCache++;
      addMember(open, found.address, context.endpointNodes.has(nodeName) ? nodeName : undefined);
    },
  };
}

function addMember({ source, splits, bySignature }: OpenClass, address: Address, nodeName: string | undefined): void {
  const signature = memberSignature(address, nodeName, splits);
  const member = bySignature.get(signature);
  if (member !== undefined) {
    member.pods++;
    return;
  }
  const first = { address, nodeName, pods: 1 };
  bySignature.set(signature, first);
  source.members.push(first);
}

function classId({ eni, groupSets, fromPrefix }: PodInterface, mode: SourceMode, splitPrefixes: boolean): string {
  const groups = groupSets.map((set) => (set.length > 1 ? set.toSorted().join('+') : (set[0] ?? ''))).join('&');
  return `${groups}/${eni.subnetId}/${mode}${splitPrefixes && fromPrefix ? '/prefix' : ''}`;
}

function openClass(id: string, found: PodInterface, mode: SourceMode, context: SourceClassContext): OpenClass {
  const { eni, groupSets, fromPrefix } = found;
  const subnetCidrs = context.subnetCidrs(eni.subnetId);
  const blocks = subnetCidrs?.flatMap((text) => parseCidr(text) ?? []);
  return {
    source: { id, mode, groupSets, eni, fromPrefix, subnetCidrs: subnetCidrs ?? [], members: [], pods: 0, podsBesideCache: 0 },
    splits: context.ruleCidrs.filter((cidr) => blocks?.some((block) => cidrSplits(cidr, block)) ?? true),
    bySignature: new Map(),
  };
}

/** Addresses that lie in the same of these CIDRs, beside the same CoreDNS pods, are judged alike. */
function memberSignature(address: Address, nodeName: string | undefined, splits: readonly Cidr[]): string {
  if (splits.length === 0) return nodeName ?? '';
  return `${nodeName ?? ''} ${splits.map((cidr) => (cidrContains(cidr, address) ? 1 : 0)).join('')}`;
}
