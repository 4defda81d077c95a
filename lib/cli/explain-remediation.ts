import { section } from '#lib/cli/sections.ts';
import type { CheckDeclaration } from '#lib/model/check.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import { REMEDIATIONS } from '#lib/remediate/index.ts';
import { wrap } from '#lib/report/wrap.ts';

/** What `explain` says of a remediation. */
export interface ExplainedRemediation {
  readonly id: string;
  /** What a person does. */
  readonly remedy: string;
  /** The command that plans it; absent where cniwatch cannot. */
  readonly plan?: string;
  /** Checks whose findings name it. */
  readonly checks: readonly { readonly id: string; readonly title: string }[];
}

/** @returns undefined where there is no remediation of that id */
export function explainedRemediation(id: string, registry: readonly CheckDeclaration[]): ExplainedRemediation | undefined {
  const remedy = Object.hasOwn(REMEDIES, id) ? REMEDIES[id] : undefined;
  if (remedy === undefined) return undefined;
  const naming = registry.filter(({ remediations }) => remediations.includes(id));
  const planned = REMEDIATIONS.some((remediation) => remediation.id === id);
  return {
    id,
    remedy,
    ...(planned && { plan: `cniwatch plan ${id} --cluster CLUSTER` }),
    checks: naming.map((check) => ({ id: check.id, title: check.title })),
  };
}

export function remediationText({ id, remedy, plan, checks }: ExplainedRemediation, width: number): string {
  return [
    id,
    '',
    ...wrap(remedy, width),
    ...(plan === undefined ? [] : ['', `What that would call on a cluster: ${plan}`]),
    ...section(
      'Named by',
      checks.map((check) => [check.id, check.title]),
      width,
    ),
    '',
  ].join('\n');
}
