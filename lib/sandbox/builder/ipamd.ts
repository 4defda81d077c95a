import type { InstanceType } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { addressesOf, PREFIX_SIZE } from '#lib/sandbox/block.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';
import { demandAttachment, demandSlot, freeSlots, interfaceLimit } from '#lib/sandbox/interface-limits.ts';

/** How ipamd of a cluster works. Source: amazon-vpc-cni-k8s README.md and pkg/ipamd/ipamd.go. */
export interface IpamdSettings {
  readonly prefixDelegation: boolean;
  /** Off under custom networking: only the ENIConfig's subnet counts there. */
  readonly subnetDiscovery: boolean;
  readonly warmEniTarget: number;
  readonly warmPrefixTarget: number;
  readonly warmIpTarget?: number;
  readonly minimumIpTarget?: number;
  readonly maxEni?: number;
}

/** On a type that takes no prefixes ipamd goes on with single addresses, and says so in its log alone. */
export function ipamdSettings(env: Readonly<Record<string, string>>, { hypervisor, bareMetal }: InstanceType): IpamdSettings {
  const target = <K extends string>(name: string, key: K) =>
    (Number(env[name] ?? 0) > 0 ? { [key]: Number(env[name]) } : {}) as { readonly [name in K]?: number };
  return {
    prefixDelegation: env['ENABLE_PREFIX_DELEGATION'] === 'true' && (hypervisor === 'nitro' || bareMetal),
    subnetDiscovery: env['ENABLE_SUBNET_DISCOVERY'] === 'true' && env['AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG'] !== 'true',
    warmEniTarget: Number(env['WARM_ENI_TARGET'] ?? 1),
    warmPrefixTarget: Number(env['WARM_PREFIX_TARGET'] ?? 0),
    ...target('WARM_IP_TARGET', 'warmIpTarget'),
    ...target('MINIMUM_IP_TARGET', 'minimumIpTarget'),
    ...target('MAX_ENI', 'maxEni'),
  };
}

/** What an interface of a node holds, while ipamd fills it: the primary address first. */
export interface Carrier {
  readonly draft: SubnetDraft;
  readonly addresses: string[];
  readonly prefixes: string[];
}

export interface Pool {
  readonly type: InstanceType;
  readonly settings: IpamdSettings;
  readonly pods: number;
  /** Interfaces attached, those that carry no pod among them. */
  attached: number;
  /** Interfaces that carry pods, in the order of their attachment. */
  readonly carriers: Carrier[];
  /** Where a new interface may go. */
  readonly drafts: readonly SubnetDraft[];
}

/**
 * Grows a node's pool as ipamd does, until its warm targets are met, no interface can be attached or the subnets give no more: what
 * they no longer give stays missing.
 * @param attach makes another interface, with its primary address
 */
export function growPool(pool: Pool, attach: (draft: SubnetDraft) => Carrier): void {
  while (isTooLow(pool)) {
    if (assignOne(pool)) continue;
    // Without subnet discovery ipamd waits for an address on the interface that it has, however many subnets there are.
    const stuck = pool.carriers.some((carrier) => freeSlots(carrier, pool.type) > 0) && !pool.settings.subnetDiscovery;
    const draft = stuck ? undefined : freestWithRoom(pool);
    if (draft === undefined) return;
    pool.carriers.push(attach(draft));
    pool.attached += 1;
  }
  if (!hasIpTarget(pool.settings) && !pool.settings.prefixDelegation) while (assignOne(pool));
}

/** Addresses that pods can have, in the order in which ipamd gives them out. */
export function podAddresses({ carriers }: Pool): string[] {
  return carriers.flatMap(({ addresses, prefixes }) => [...addresses.slice(1), ...prefixes.flatMap(addressesOf)]);
}

function hasIpTarget({ warmIpTarget, minimumIpTarget }: IpamdSettings): boolean {
  return warmIpTarget !== undefined || minimumIpTarget !== undefined;
}

/** In addresses, since a prefix is sixteen of them. */
export function isTooLow({ carriers, pods, settings, type }: Pool): boolean {
  const held = carriers.reduce((sum, { addresses, prefixes }) => sum + addresses.length - 1 + PREFIX_SIZE * prefixes.length, 0);
  const { warmIpTarget, minimumIpTarget = 0 } = settings;
  // The minimum alone leaves the warm target at none: the pool grows to it and never beyond, whatever pods come.
  if (hasIpTarget(settings)) return held < Math.max(warmIpTarget === undefined ? 0 : pods + warmIpTarget, minimumIpTarget);
  const warm = settings.prefixDelegation
    ? settings.warmPrefixTarget * PREFIX_SIZE
    : settings.warmEniTarget * (type.ipv4AddressesPerInterface - 1);
  // Even a target of none fetches more once nothing is left.
  return held - pods < Math.max(1, warm);
}

/** One address or prefix on the first interface with a slot whose subnet gives one. */
function assignOne({ carriers, settings, type }: Pool): boolean {
  for (const carrier of carriers) {
    if (freeSlots(carrier, type) === 0) continue;
    try {
      assign(carrier, type, settings.prefixDelegation);
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }
  return false;
}

function assign(carrier: Carrier, type: InstanceType, prefix: boolean): void {
  demandSlot(carrier, type);
  const { space } = carrier.draft;
  if (prefix) carrier.prefixes.push(space.takePrefix());
  else carrier.addresses.push(space.takeAddress());
}

/** The freest first, as EC2's own count has it. */
function freestWithRoom({ attached, settings, type, drafts }: Pool): SubnetDraft | undefined {
  if (attached >= Math.min(settings.maxEni ?? Number.POSITIVE_INFINITY, interfaceLimit(type))) return undefined;
  demandAttachment(attached, type);
  return drafts
    .filter(({ space }) => space.assignable > 0)
    .sort((a, b) => b.space.available - a.space.available)
    .find(({ space }) => !settings.prefixDelegation || space.hasPrefix());
}
