import type { Cni } from '#lib/network/cni.ts';

/**
 * The VPC CNI's settings as ipamd reads them: what the DaemonSet sets, else the code's default (not the manifest's).
 * Source: amazon-vpc-cni-k8s README.md and pkg/ipamd/ipamd.go, v1.23.1.
 */
export interface VpcCniSettings {
  readonly version?: string;
  readonly prefixDelegation: boolean;
  readonly customNetworking: boolean;
  readonly eniConfigAnnotation: string;
  readonly eniConfigLabel: string;
  /** Security groups for pods: nodes attach a trunk interface. */
  readonly podEni: boolean;
  readonly podSecurityGroupEnforcingMode: 'strict' | 'standard';
  readonly externalSnat: boolean;
  readonly subnetDiscovery: boolean;
  readonly clusterName?: string;
  readonly ipv6: boolean;
  readonly multiNic: boolean;
  /** ipamd takes the interfaces as it finds them, and calls EC2 for nothing. */
  readonly provisioningDisabled?: true;
  /** Caps the interfaces of a node; absent where the instance type alone decides. */
  readonly maxEni?: number;
  readonly warmEniTarget: number;
  readonly warmPrefixTarget: number;
  /** Absent where off (unset, or not above zero). */
  readonly warmIpTarget?: number;
  readonly minimumIpTarget?: number;
}

export function vpcCniSettings({ daemonSet, version }: Cni): VpcCniSettings {
  const env = daemonSet.containers.find(({ name, init }) => !init && name === 'aws-node')?.env ?? {};
  const warmIpTarget = positive(env['WARM_IP_TARGET']);
  const minimumIpTarget = positive(env['MINIMUM_IP_TARGET']);
  const maxEni = positive(env['MAX_ENI']);
  const provisioningDisabled = isTrue(env['DISABLE_NETWORK_RESOURCE_PROVISIONING']) || isTrue(env['ENABLE_IMDS_ONLY_MODE']);
  return {
    ...(version === undefined ? {} : { version }),
    prefixDelegation: isTrue(env['ENABLE_PREFIX_DELEGATION']),
    customNetworking: isTrue(env['AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG']),
    eniConfigAnnotation: env['ENI_CONFIG_ANNOTATION_DEF'] || 'k8s.amazonaws.com/eniConfig',
    eniConfigLabel: env['ENI_CONFIG_LABEL_DEF'] || 'k8s.amazonaws.com/eniConfig',
    podEni: isTrue(env['ENABLE_POD_ENI']),
    podSecurityGroupEnforcingMode: env['POD_SECURITY_GROUP_ENFORCING_MODE'] === 'standard' ? 'standard' : 'strict',
    externalSnat: isTrue(env['AWS_VPC_K8S_CNI_EXTERNALSNAT']),
    // On by default since 1.18; older versions do not know the setting.
    subnetDiscovery: env['ENABLE_SUBNET_DISCOVERY'] === undefined || isTrue(env['ENABLE_SUBNET_DISCOVERY']),
    ...(env['CLUSTER_NAME'] ? { clusterName: env['CLUSTER_NAME'] } : {}),
    ipv6: isTrue(env['ENABLE_IPv6']),
    multiNic: isTrue(env['ENABLE_MULTI_NIC']),
    ...(provisioningDisabled && { provisioningDisabled }),
    ...(maxEni === undefined ? {} : { maxEni }),
    warmEniTarget: wholeNumber(env['WARM_ENI_TARGET']) ?? 1,
    warmPrefixTarget: wholeNumber(env['WARM_PREFIX_TARGET']) ?? 0,
    ...(warmIpTarget === undefined ? {} : { warmIpTarget }),
    ...(minimumIpTarget === undefined ? {} : { minimumIpTarget }),
  };
}

/** Go's strconv.ParseBool takes these spellings. */
function isTrue(text: string | undefined): boolean {
  return text !== undefined && ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function positive(text: string | undefined): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value > 0 ? value : undefined;
}
