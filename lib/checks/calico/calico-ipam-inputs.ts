import { type CheckResult, notApplicable, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { ofKinds } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { calicoIpam } from '#lib/network/calico/calico-ipam.ts';
import type { CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { findCnis } from '#lib/network/cni.ts';

/** Without these it cannot be told whether Calico gives addresses. */
export const POOL_KINDS = ['IPPool', 'IPAMBlock'] as const;
/** And these say how much of its pools can be had. */
export const IPAM_KINDS = [...POOL_KINDS, 'IPReservation', 'IPAMConfig', 'IPAMConfiguration'] as const;

/** Calico's IPAM objects, or the answer of a check that has none to judge. `kinds` are those that the check judges. */
export function calicoIpamInputs(
  target: Target,
  daemonSets: readonly DaemonSet[],
  optional: Pick<Slices, 'cniResources' | 'pods'>,
  kinds: readonly string[] = IPAM_KINDS,
): { readonly answer: CheckResult } | { readonly answer?: never; readonly objects: CalicoIpamObjects } {
  if (!findCnis(daemonSets).some(({ kind }) => kind === 'calico'))
    return { answer: notApplicable(target, 'Calico does not run here.') };
  const cniResources = ofKinds(optional.cniResources, kinds);
  if (!cniResources.ok) {
    return { answer: undecided(target, `Calico's objects were not read: ${asClause(cniResources.reason)}.`) };
  }
  const ipam = calicoIpam(daemonSets, cniResources.data, optional.pods);
  if (ipam.kind === 'absent') return { answer: notApplicable(target, ipam.reason) };
  if (ipam.kind === 'unknown') return { answer: undecided(target, `${ipam.reason}.`) };
  return { objects: ipam.objects };
}
