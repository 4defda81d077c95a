import { type CheckResult, notApplicable, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { calicoIpam } from '#lib/network/calico/calico-ipam.ts';
import type { CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { findCnis } from '#lib/network/cni.ts';
import { listed } from '#lib/network/custom-objects.ts';

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

/** Objects that could not be understood, as a finding of the cluster: what is wrong in them may be anything. */
export function malformedFinding(target: Target, names: readonly string[]): readonly Judgement[] {
  if (names.length === 0) return [];
  return [
    {
      verdict: 'unknown',
      resource: { kind: 'cluster', id: target.arn, name: target.name },
      summary: `Objects of Calico could not be understood: ${listed(names)}.`,
      evidence: { malformed: [...names.slice(0, 20)] },
    },
  ];
}
