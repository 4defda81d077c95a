import * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import type { ExplainOptions } from '#lib/cli/explain.ts';
import { explainedRemediation, remediationText } from '#lib/cli/explain-remediation.ts';
import { section } from '#lib/cli/sections.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { didYouMean } from '#lib/config/nearest.ts';
import { CLUSTER_NOT_SEEN } from '#lib/evaluate/cluster-not-seen.ts';
import type { CheckDeclaration } from '#lib/model/check.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import { wrap } from '#lib/report/wrap.ts';

export async function runExplainCommand(
  id: string | undefined,
  { list, output }: ExplainOptions,
  { stdout }: Pick<System, 'stdout'>,
  registry: readonly CheckDeclaration[] = [...CHECKS, CLUSTER_NOT_SEEN],
): Promise<number> {
  const width = Math.min(stdout.columns ?? 100, 100);
  if (list || id === undefined) {
    await stdout.write(output === 'json' ? json(registry.map(listed)) : registry.map(listLine).join(''));
    return EXIT.ok;
  }
  const check = registry.find((each) => each.id === id);
  if (check !== undefined) {
    await stdout.write(output === 'json' ? json(whole(check)) : explanation(check, width));
    return EXIT.ok;
  }
  const remediation = explainedRemediation(id, registry);
  if (remediation === undefined) throw new UsageError(unknownId(id, registry));
  await stdout.write(output === 'json' ? json(remediation) : remediationText(remediation, width));
  return EXIT.ok;
}

function unknownId(id: string, registry: readonly CheckDeclaration[]): string {
  const ids = [...registry.map((each) => each.id), ...Object.keys(REMEDIES)];
  return `there is no check "${id}"${didYouMean(id, ids) || ': `cniwatch explain --list` names them'}`;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The contract of `explain --list --output json`. */
function listed({ id, area, title, severity, inputs, remediations }: CheckDeclaration): object {
  return { id, area, title, severity, inputs, remediations };
}

function whole(check: CheckDeclaration): object {
  const { optional, metrics, docs, options } = check;
  return { ...listed(check), optional, options: z.toJSONSchema(options, { io: 'input' }), metrics, docs };
}

const listLine = ({ id, area, severity, title }: CheckDeclaration): string =>
  `${id.padEnd(30)} ${area.padEnd(8)} ${severity.padEnd(9)} ${title}\n`;

function explanation(check: CheckDeclaration, width: number): string {
  const { id, title, area, severity, inputs, optional, docs, metrics, remediations } = check;
  const { warning, critical, unknown, notApplicable } = docs.verdicts;
  const verdicts = { critical, warning, unknown, 'not applicable': notApplicable };
  return [
    `${id}: ${title}`,
    `area ${area}, at worst ${severity}`,
    '',
    ...wrap(docs.question, width),
    ...section('Verdicts', Object.entries(verdicts).filter(isGiven), width),
    ...section('Evidence', Object.entries(docs.evidence), width),
    ...section('Options', optionEntries(check), width),
    ...section(
      'Reads',
      [
        ...(inputs.length > 0 ? [['needs', inputs.join(', ')] as const] : []),
        ...(optional.length > 0 ? [['uses', optional.join(', ')] as const] : []),
      ],
      width,
    ),
    ...section(
      'Metrics',
      metrics.map(({ name, unit, per, description }) => [name, `${description} (${unit}, per ${per})`]),
      width,
    ),
    ...section(
      'Remediations',
      remediations.map((remediation) => [remediation, REMEDIES[remediation] ?? '']),
      width,
    ),
    ...section(
      'Sources',
      docs.sources.map((source) => ['', source]),
      width,
    ),
    '',
  ].join('\n');
}

const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;

function optionEntries({ options }: CheckDeclaration): readonly (readonly [string, string])[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' }) as {
    properties?: Record<string, { description?: string; default?: unknown }>;
  };
  return Object.entries(properties).map(([name, { description = '', default: value }]) => [
    name,
    value === undefined ? description : `${description} (default ${JSON.stringify(value)})`,
  ]);
}
