import type * as z from 'zod';
import { loadConfig } from '#lib/cli/config-file.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { readOneSnapshot } from '#lib/cli/one-snapshot.ts';
import type { PlanOptions } from '#lib/cli/plan.ts';
import { type PlanDocument, planMarkdown, planText } from '#lib/cli/plan-text.ts';
import { selectChecks } from '#lib/cli/select-checks.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { didYouMean } from '#lib/config/nearest.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { Remediation } from '#lib/model/remediation.ts';
import { identityOf } from '#lib/model/target.ts';
import { REMEDIATIONS } from '#lib/remediate/index.ts';
import { planRemediation } from '#lib/remediate/plan.ts';
import { jsonText } from '#lib/report/json.ts';

/** Reads a cluster or a Snapshot, plans the remediation, and answers with the exit code. Nothing is changed. */
export async function runPlanCommand(id: string | undefined, options: PlanOptions, system: System): Promise<number> {
  if (options.list) return list(options, system);
  const remediation = remediationOf(id);
  const chosen = chosenOptions(remediation, options.set ?? []);
  const settings = selectChecks({}, await loadConfig(options.config));
  const snapshot = await readOneSnapshot(options, system);
  if (snapshot === undefined) return EXIT.unknown;
  const { findings } = evaluate(snapshot, settings);
  const outcome = planRemediation(remediation, {
    snapshot,
    findings,
    fingerprint: options.finding,
    options: chosen,
    now: system.now(),
  });
  const preconditions = outcome.kind === 'planned' ? remediation.preflight(snapshot, outcome.plan, chosen) : [];
  const ready = outcome.kind === 'planned' && preconditions.every(({ holds }) => holds === 'yes');
  const document: PlanDocument = {
    schemaVersion: 1,
    generatedAt: system.now().toISOString(),
    remediation: remediation.id,
    title: remediation.title,
    cluster: identityOf(snapshot.target),
    ready,
    ...(outcome.kind === 'planned' ? { plan: outcome.plan, preconditions } : { refusals: outcome.refusals, preconditions }),
  };
  await system.stdout.write(written(document, options, system));
  return ready ? EXIT.ok : EXIT.warning;
}

function written(document: PlanDocument, { output }: PlanOptions, { stdout }: System): string {
  switch (output) {
    case 'json':
      return jsonText(document);
    case 'markdown':
      return planMarkdown(document);
    case 'table':
      return planText(document, Math.min(stdout.columns ?? 100, 120));
  }
}

/** The contract of `plan --list --output json`. */
async function list({ output }: PlanOptions, { stdout }: System): Promise<number> {
  const listed = REMEDIATIONS.map(({ id, title, fixes, risk, approvals }) => ({ id, title, fixes, risk, approvals }));
  const line = ({ id, risk, approvals, title }: (typeof listed)[number]) =>
    `${id.padEnd(28)} ${risk.padEnd(11)} ${approvals} approvals  ${title}\n`;
  await stdout.write(output === 'json' ? jsonText(listed) : listed.map(line).join(''));
  return EXIT.ok;
}

function remediationOf(id: string | undefined): Remediation {
  if (id === undefined) throw new UsageError('which remediation? `cniwatch plan --list` names those that can be planned');
  const remediation = REMEDIATIONS.find((each) => each.id === id);
  if (remediation !== undefined) return remediation;
  const ids = REMEDIATIONS.map((each) => each.id);
  throw new UsageError(
    `no remediation "${id}" can be planned${didYouMean(id, ids) || ': `cniwatch plan --list` names those that can, and `cniwatch explain ID` says what a person does for the others'}`,
  );
}

/** @throws UsageError for an option that there is not, and for a value that it does not take */
function chosenOptions(remediation: Remediation, set: readonly string[]): z.output<Remediation['options']> {
  const given = set.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--set ${text}: give it as option=value`);
    return [text.slice(0, at), numberOrText(text.slice(at + 1))] as const;
  });
  const known = Object.keys((remediation.options as z.ZodObject).shape);
  const strange = given.find(([name]) => !known.includes(name))?.[0];
  if (strange !== undefined)
    throw new UsageError(
      `${remediation.id} has no option "${strange}"${didYouMean(strange, known) || `: it has ${known.join(', ')}`}`,
    );
  const parsed = remediation.options.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UsageError(`--set ${issue?.path.join('.')}: ${issue?.message}`);
}

function numberOrText(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
