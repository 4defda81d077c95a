import { asClause } from '#lib/model/failure.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slice } from '#lib/model/slice.ts';
import { type CniKind, findCnis } from '#lib/network/cni.ts';
import { type VpcCniSettings, vpcCniSettings } from '#lib/network/vpc-cni.ts';

/** Who gives pods their addresses. */
export type PodIpam =
  | { readonly kind: 'vpc-cni'; readonly settings: VpcCniSettings }
  | { readonly kind: 'other-cni'; readonly cni: Exclude<CniKind, 'vpc-cni'> }
  /** EKS Auto Mode: AWS's own agent, outside of the cluster. */
  | { readonly kind: 'auto-mode' }
  /** The DaemonSets could not be read, or none of them is a CNI that is understood. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The VPC CNI gives the addresses wherever its DaemonSet has nodes, chained upon or not; one that is kept off every node
 * (as the guides of Cilium and Calico do) leaves that to the other CNI.
 */
export function podIpam(daemonSets: Slice<readonly DaemonSet[]>, autoMode: boolean): PodIpam {
  if (!daemonSets.ok) {
    if (autoMode) return { kind: 'auto-mode' };
    return { kind: 'unknown', reason: `the DaemonSets were not read: ${asClause(daemonSets.reason)}` };
  }
  const cnis = findCnis(daemonSets.data);
  const vpcCni = cnis.find(({ kind }) => kind === 'vpc-cni');
  const other = cnis.find(({ kind }) => kind !== 'vpc-cni');
  if (vpcCni !== undefined && (other === undefined || vpcCni.daemonSet.desired > 0)) {
    return { kind: 'vpc-cni', settings: vpcCniSettings(vpcCni) };
  }
  if (other !== undefined && other.kind !== 'vpc-cni') return { kind: 'other-cni', cni: other.kind };
  if (autoMode) return { kind: 'auto-mode' };
  return { kind: 'unknown', reason: 'no DaemonSet of the VPC CNI, Cilium, Calico or flannel was found' };
}

/**
 * What the VPC CNI runs with where nobody changed it: assumed, and said so, where its DaemonSet could not be read.
 * Source: amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml.
 */
export const MANIFEST_SETTINGS: VpcCniSettings = {
  prefixDelegation: false,
  customNetworking: false,
  eniConfigAnnotation: 'k8s.amazonaws.com/eniConfig',
  eniConfigLabel: 'k8s.amazonaws.com/eniConfig',
  podEni: false,
  podSecurityGroupEnforcingMode: 'strict',
  externalSnat: false,
  subnetDiscovery: true,
  ipv6: false,
  multiNic: false,
  warmEniTarget: 1,
  warmPrefixTarget: 1,
};

const CNI_NAMES: Readonly<Record<CniKind, string>> = {
  'vpc-cni': 'the VPC CNI',
  cilium: 'Cilium',
  calico: 'Calico',
  flannel: 'flannel',
};

export function cniName(kind: CniKind): string {
  return CNI_NAMES[kind];
}
