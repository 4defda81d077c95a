import type { DaemonSet, Pod } from '#lib/model/kubernetes.ts';
import { findCnis } from '#lib/network/cni.ts';
import { vpcCniSettings } from '#lib/network/vpc-cni.ts';

/**
 * Pods on a branch interface whose traffic always leaves the node, even to an address of the node itself: they cannot ask a cache there.
 * Source: EKS Best Practices Guide, "Security groups per pod", section "Use POD_SECURITY_GROUP_ENFORCING_MODE=standard".
 */
export function podsInStrictMode(pods: readonly Pod[], daemonSets: readonly DaemonSet[]): number {
  const vpcCni = findCnis(daemonSets).find(({ kind }) => kind === 'vpc-cni');
  if (vpcCni === undefined || vpcCniSettings(vpcCni).podSecurityGroupEnforcingMode !== 'strict') return 0;
  return pods.filter(({ podEni, phase }) => podEni !== undefined && phase === 'Running').length;
}
