import type { Judgement } from '#lib/model/finding.ts';
import { worstVerdict } from '#lib/model/verdict.ts';

/**
 * One finding for each resource, as a check must answer: several about one become one with the worst verdict, what the worst of them
 * says first, and the evidence of all.
 */
export function mergeByResource(findings: readonly Judgement[]): readonly Judgement[] {
  const byResource = Map.groupBy(findings, ({ resource }) => `${resource.kind} ${resource.id}`);
  return [...byResource.values()].flatMap((own) => {
    const verdict = worstVerdict(own.map((one) => one.verdict));
    const worst = own.find((one) => one.verdict === verdict);
    if (worst === undefined) return [];
    const rest = own.filter((one) => one !== worst);
    const evidence = Object.assign({}, ...rest.map((one) => one.evidence), worst.evidence) as Judgement['evidence'];
    return { ...worst, summary: [worst, ...rest].map(({ summary }) => summary).join(' '), evidence };
  });
}
