import { COLLECTORS } from '#lib/collect/collectors.ts';
import type { OptInSource } from '#lib/model/collector.ts';
import { SLICE_KEYS, type SliceKey } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { Grant } from '#lib/onboard/grant.ts';
import type { IamRecord } from '#lib/onboard/iam-grants.ts';
import type { RbacReview } from '#lib/onboard/rbac-grants.ts';
import type { Symptom } from '#lib/onboard/symptom.ts';

/** What one source needs and has. */
export interface SourceGrants {
  readonly source: SliceKey;
  /** Opt-in sources that nobody switched on are looked at too, and do not count. */
  readonly enabled: boolean;
  readonly verdict: Verdict;
  readonly grants: readonly Grant[];
}

export interface Diagnosis {
  readonly target: Target;
  /** Who cniwatch is there: the ARN of a role or a user; absent where that could not be asked. */
  readonly principal?: string;
  readonly verdict: Verdict;
  readonly symptoms: readonly Symptom[];
  readonly sources: readonly SourceGrants[];
}

/** What every source has. `rbac` is undefined where the API server could not be asked: its rights are then unknown. */
export function sourceGrants(
  optIn: readonly OptInSource[],
  { iam, rbac }: { readonly iam: IamRecord | undefined; readonly rbac: RbacReview | undefined },
): readonly SourceGrants[] {
  return SLICE_KEYS.map((source) => {
    const { permissions, optIn: optional = false } = COLLECTORS[source];
    const enabled = !optional || optIn.some((each) => each === source);
    const unasked = permissions.kubernetes.map(
      ({ verbs, resources }): Grant => ({ name: `${verbs.join(', ')} ${resources.join(', ')}`, kind: 'rbac', state: 'unknown' }),
    );
    const untried = permissions.aws.map(({ action: name }): Grant => ({ name, kind: 'iam', state: 'untried' }));
    const grants = [...(iam?.grants(permissions.aws) ?? untried), ...(rbac?.(permissions.kubernetes) ?? unasked)];
    return { source, enabled, verdict: enabled ? verdictOf(grants) : 'not-applicable', grants };
  });
}

/** A right that nothing made cniwatch use is no problem of this cluster. */
function verdictOf(grants: readonly Grant[]): Verdict {
  const states = new Set(grants.map(({ state }) => state));
  if (states.has('unknown')) return 'unknown';
  return states.has('missing') ? 'warning' : 'ok';
}

export function diagnosisOf(found: Pick<Diagnosis, 'target' | 'principal' | 'symptoms' | 'sources'>): Diagnosis {
  const verdicts = [...found.symptoms, ...found.sources].map(({ verdict }) => verdict);
  return { ...found, verdict: worstVerdict(verdicts) };
}

/** Names of the rights of one kind that enabled sources lack, each once. */
export function missing({ sources }: Pick<Diagnosis, 'sources'>, kind: Grant['kind']): readonly string[] {
  const lacking = sources.filter(({ enabled }) => enabled).flatMap(({ grants }) => grants);
  return [...new Set(lacking.filter((grant) => grant.kind === kind && grant.state === 'missing').map(({ name }) => name))].sort();
}
