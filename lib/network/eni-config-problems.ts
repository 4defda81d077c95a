import type { SecurityGroup, Subnet } from '#lib/model/ec2.ts';
import type { EniConfig } from '#lib/model/kubernetes.ts';
import { eniConfigName } from '#lib/network/eni-config.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** How a node comes to its ENIConfig. */
export interface EniConfigUse {
  readonly name: string;
  /** Undefined where there is none of that name. */
  readonly config: EniConfig | undefined;
  readonly hosts: readonly Host[];
}

export type EniConfigFault = 'missing' | 'subnet-missing' | 'wrong-zone' | 'security-group-missing' | 'security-group-elsewhere';

export interface EniConfigProblem {
  readonly reason: EniConfigFault;
  readonly eniConfig: string;
  /** A clause. */
  readonly detail: string;
  /** Nodes that ask for it; none where nobody does yet. */
  readonly nodes: readonly string[];
}

/** Every ENIConfig, and every name that a node asks for, with the nodes that do. */
export function eniConfigUses(
  hosts: readonly Host[],
  configs: readonly EniConfig[],
  settings: Pick<VpcCniSettings, 'eniConfigAnnotation' | 'eniConfigLabel'>,
): readonly EniConfigUse[] {
  const asked = Map.groupBy(
    hosts.filter(({ node }) => node !== undefined),
    ({ node }) => (node === undefined ? '' : eniConfigName(node, settings)),
  );
  const byName = new Map(configs.map((config) => [config.name, config]));
  const names = [...new Set([...byName.keys(), ...asked.keys()])].sort();
  return names.map((name) => ({ name, config: byName.get(name), hosts: asked.get(name) ?? [] }));
}

export interface EniConfigSurroundings {
  readonly vpcId: string | undefined;
  /** All of the VPC. */
  readonly subnets: ReadonlyMap<string, Subnet>;
  /** Undefined where they were not read. */
  readonly securityGroups: ReadonlyMap<string, SecurityGroup> | undefined;
}

/**
 * What keeps ipamd from attaching an interface by this ENIConfig: an interface lies in its instance's zone and VPC, and so do its
 * groups. Source: amazon-vpc-cni-k8s docs, "CNI Custom Networking"; pkg/ipamd/ipamd.go (tryAllocateENI).
 */
export function eniConfigProblems(
  { name, config, hosts }: EniConfigUse,
  around: EniConfigSurroundings,
): readonly EniConfigProblem[] {
  const problem = (reason: EniConfigFault, detail: string, of = hosts): EniConfigProblem => ({
    reason,
    eniConfig: name,
    detail,
    nodes: of.map((host) => host.name),
  });
  if (config === undefined) return [problem('missing', `there is no ENIConfig named ${name}`)];
  const subnet = around.subnets.get(config.subnet);
  const found: EniConfigProblem[] = [];
  if (subnet === undefined) found.push(problem('subnet-missing', `its subnet ${config.subnet} is none of the VPC`));
  const elsewhere = subnet === undefined ? [] : hosts.filter((host) => isElsewhere(host, subnet));
  if (subnet !== undefined && elsewhere.length > 0)
    found.push(
      problem('wrong-zone', `its subnet ${config.subnet} lies in ${subnet.availabilityZone}, and these nodes do not`, elsewhere),
    );
  const { securityGroups } = around;
  if (securityGroups === undefined) return found;
  const missing = config.securityGroups.filter((id) => !securityGroups.has(id));
  if (missing.length > 0) found.push(problem('security-group-missing', `${missing.join(', ')} cannot be found`));
  const foreign = config.securityGroups.filter((id) => isForeign(securityGroups.get(id), around.vpcId));
  if (foreign.length > 0) found.push(problem('security-group-elsewhere', `${foreign.join(', ')} belongs to another VPC`));
  return found;
}

function isElsewhere({ availabilityZone }: Host, subnet: Subnet): boolean {
  return availabilityZone !== undefined && availabilityZone !== subnet.availabilityZone;
}

function isForeign(group: SecurityGroup | undefined, vpcId: string | undefined): boolean {
  return group?.vpcId !== undefined && vpcId !== undefined && group.vpcId !== vpcId;
}
