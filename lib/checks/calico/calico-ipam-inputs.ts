import { type CheckResult, notApplicable, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { calicoIpam } from '#lib/network/calico/calico-ipam.ts';
import type { CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { findCnis } from '#lib/network/cni.ts';

/** Calico's IPAM objects, or the answer of a check that has none to judge. */
export function calicoIpamInputs(
  target: Target,
  daemonSets: readonly DaemonSet[],
  { cniResources, pods }: Pick<Slices, 'cniResources' | 'pods'>,
): { readonly answer: CheckResult } | { readonly answer?: never; readonly objects: CalicoIpamObjects } {
  if (!findCnis(daemonSets).some(({ kind }) => kind === 'calico'))
    return { answer: notApplicable(target, 'Calico does not run here.') };
  if (!cniResources.ok) {
    return { answer: undecided(target, `Calico's objects were not read: ${asClause(cniResources.reason)}.`) };
  }
  const ipam = calicoIpam(daemonSets, cniResources.data, pods);
  if (ipam.kind === 'absent') return { answer: notApplicable(target, ipam.reason) };
  if (ipam.kind === 'unknown') return { answer: undecided(target, `${ipam.reason}.`) };
  return { objects: ipam.objects };
}
