import { kubernetesMinor } from '#lib/network/kube-proxy.ts';

export interface Recommended {
  readonly version: string;
  /** `1.33`: the row that says so, where Kubernetes itself is newer than the table. */
  readonly ofKubernetes: string;
}

/**
 * The version of the VPC CNI that EKS names for each Kubernetes version, as the table stood when it was read: a lower bound, which an
 * option raises. Source: Amazon EKS User Guide, "Assign IPs to Pods with the Amazon VPC CNI", section "Amazon VPC CNI versions" (2025).
 */
export const RECOMMENDED_VPC_CNI: Readonly<Record<string, string>> = {
  '1.24': '1.19.0',
  '1.25': '1.19.0',
  '1.26': '1.19.0',
  '1.27': '1.20.1',
  '1.28': '1.20.1',
  '1.29': '1.20.1',
  '1.30': '1.20.1',
  '1.31': '1.20.1',
  '1.32': '1.20.1',
  '1.33': '1.20.1',
};

/**
 * The row of a Kubernetes version, else that of the newest version before it: EKS never goes back with the CNI.
 * @returns undefined for a Kubernetes older than the table, and for what is no version
 */
export function recommendedVpcCni(
  kubernetes: string | undefined,
  table: Readonly<Record<string, string>>,
): Recommended | undefined {
  const minor = kubernetesMinor(kubernetes);
  if (minor === undefined) return undefined;
  const [row] = Object.entries(table)
    .map(([ofKubernetes, version]) => ({ ofKubernetes, version, at: kubernetesMinor(ofKubernetes) ?? Number.POSITIVE_INFINITY }))
    .filter(({ at }) => at <= minor)
    .toSorted((a, b) => b.at - a.at);
  return row && { version: row.version, ofKubernetes: row.ofKubernetes };
}
