import type { Judgement } from '#lib/model/finding.ts';
import type { Target } from '#lib/model/target.ts';
import { listed } from '#lib/network/custom-objects.ts';

/** Objects of a CNI that could not be understood, as a finding of the cluster: what is wrong in them may be anything. */
export function malformedFinding(target: Target, cni: string, names: readonly string[]): readonly Judgement[] {
  if (names.length === 0) return [];
  return [
    {
      verdict: 'unknown',
      resource: { kind: 'cluster', id: target.arn, name: target.name },
      summary: `Objects of ${cni} could not be understood: ${listed(names)}.`,
      evidence: { malformed: [...names.slice(0, 20)] },
    },
  ];
}
