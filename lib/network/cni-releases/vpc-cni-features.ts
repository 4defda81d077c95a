import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { commandFlag } from '#lib/network/command-flag.ts';

interface Feature {
  readonly name: string;
  /** The first version that knows it; older ones pass the setting over in silence. */
  readonly since: string;
  readonly isOn: (env: Readonly<Record<string, string>>, daemonSet: DaemonSet) => boolean;
}

const isTrue = (text = ''): boolean => /^(?:1|t|true)$/i.test(text);
const isAbove0 = (text = ''): boolean => Number.parseInt(text, 10) > 0;
const on = (name: string, since: string): Feature => ({ name, since, isOn: (env) => isTrue(env[name]) });

/**
 * Settings of aws-node by the version that brought them. Those that only say the default are no use of the feature.
 * Source: amazon-vpc-cni-k8s README.md and CHANGELOG.md, v1.23.1.
 */
const FEATURES: readonly Feature[] = [
  { name: 'MINIMUM_IP_TARGET', since: '1.6.0', isOn: (env) => isAbove0(env['MINIMUM_IP_TARGET']) },
  on('ENABLE_POD_ENI', '1.7.0'),
  // With IPv6, prefixes came later.
  {
    name: 'ENABLE_PREFIX_DELEGATION',
    since: '1.9.0',
    isOn: (env) => isTrue(env['ENABLE_PREFIX_DELEGATION']) && !isTrue(env['ENABLE_IPv6']),
  },
  on('ENABLE_IPv6', '1.10.1'),
  {
    name: 'POD_SECURITY_GROUP_ENFORCING_MODE',
    since: '1.11.0',
    isOn: (env) => env['POD_SECURITY_GROUP_ENFORCING_MODE'] === 'standard',
  },
  on('AWS_MANAGE_ENIS_NON_SCHEDULABLE', '1.12.6'),
  on('DISABLE_LEAKED_ENI_CLEANUP', '1.13.0'),
  { name: 'network policies', since: '1.14.0', isOn: (_env, daemonSet) => enforcesPolicies(daemonSet) },
  { name: 'IP_COOLDOWN_PERIOD', since: '1.15.0', isOn: (env) => (env['IP_COOLDOWN_PERIOD'] ?? '30') !== '30' },
  {
    name: 'NETWORK_POLICY_ENFORCING_MODE',
    since: '1.17.1',
    isOn: (env) => env['NETWORK_POLICY_ENFORCING_MODE'] === 'strict',
  },
  on('ENABLE_SUBNET_DISCOVERY', '1.18.0'),
  on('ENABLE_IMDS_ONLY_MODE', '1.19.6'),
  on('ENABLE_MULTI_NIC', '1.20.0'),
];

export type FeatureInUse = Pick<Feature, 'name' | 'since'>;

export function vpcCniFeatures(daemonSet: DaemonSet): readonly FeatureInUse[] {
  const env = daemonSet.containers.find(({ name, init }) => !init && name === 'aws-node')?.env ?? {};
  return FEATURES.filter(({ isOn }) => isOn(env, daemonSet)).map(({ name, since }) => ({ name, since }));
}

/** The agent of network policies is a container of aws-node, switched on by an argument. */
export function enforcesPolicies({ containers }: DaemonSet): boolean {
  return containers.some(({ name, args }) => name === 'aws-eks-nodeagent' && isTrue(commandFlag(args, 'enable-network-policy')));
}
