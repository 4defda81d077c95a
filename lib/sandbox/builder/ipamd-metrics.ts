import { PREFIX_SIZE } from '#lib/sandbox/block.ts';
import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import { interfaceLimit } from '#lib/sandbox/interface-limits.ts';

/**
 * What a node's ipamd serves on port 61678: its pool as it is, and what it counted besides.
 * Source: amazon-vpc-cni-k8s utils/prometheusmetrics/prometheusmetrics.go.
 * @param counters by metric, with its labels: `awscni_aws_api_error_count{api="CreateTags",error="Throttling"}`
 */
export function ipamdMetrics(
  { interfaces, podIps, type }: Pick<ClusterNode, 'interfaces' | 'podIps' | 'type'>,
  counters: Readonly<Record<string, number>>,
): string {
  const own = interfaces.filter(({ interfaceType }) => interfaceType === 'interface');
  const prefixes = own.reduce((sum, eni) => sum + eni.ipv4Prefixes.length, 0);
  const singles = own.reduce((sum, eni) => sum + eni.privateIpAddresses.length - 1, 0);
  const samples = {
    awscni_eni_allocated: own.length,
    awscni_eni_max: interfaceLimit(type),
    awscni_ip_max: interfaceLimit(type) * (type.ipv4AddressesPerInterface - 1),
    awscni_total_ip_addresses: singles + PREFIX_SIZE * prefixes,
    awscni_assigned_ip_addresses: podIps.length,
    awscni_total_ipv4_prefixes: prefixes,
    awscni_no_available_ip_addresses: 0,
    ...counters,
  };
  const lines = Object.entries(samples).map(([name, value]) => `${name} ${value}`);
  return `# ipamd of the sandbox\n${lines.join('\n')}\ngo_goroutines 61\n`;
}
