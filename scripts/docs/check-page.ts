import * as z from 'zod';
import { CLUSTER_NOT_SEEN } from '#lib/evaluate/cluster-not-seen.ts';
import type { CheckDeclaration } from '#lib/model/check.ts';
import type { MetricDeclaration } from '#lib/model/metric.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import { inputsSection } from './check-inputs.ts';
import { code, list, page, section, table } from './markdown.ts';

export const GENERATED = '<!-- Written by `npm run docs` from the checks themselves: edit those. -->';

/** The page of one check, from its own metadata. */
export function checkPage(check: CheckDeclaration): string {
  const { docs, metrics } = check;
  return page(
    GENERATED,
    `# ${check.id}: ${check.title}`,
    docs.question,
    `Area ${code(check.area)}; at worst ${code(check.severity)}. Source: [\`${sourceOf(check)}\`](../../${sourceOf(check)}).`,
    section('Verdicts', table(['verdict', 'exit code', 'when'], verdictRows(check))),
    section('Options', ...optionsBody(check)),
    section(
      'Evidence',
      table(
        ['field', 'what it is'],
        Object.entries(docs.evidence).map(([name, what]) => [code(name), what]),
      ),
    ),
    section('Metrics', table(['name', 'unit', 'series', 'published', 'what it counts'], metrics.map(metricRow))),
    inputsSection(check),
    section(
      'Remediations',
      list(check.remediations.map((remediation) => `${code(remediation)}: ${REMEDIES[remediation] ?? ''}`)),
    ),
    section('Where the rule comes from', list(docs.sources)),
  );
}

export const sourceOf = ({ area, id }: CheckDeclaration): string =>
  id === CLUSTER_NOT_SEEN.id ? `lib/evaluate/${id}.ts` : `lib/checks/${area}/${id}.ts`;

/** Exit codes of `cniwatch check`, where this finding is the worst of the run. */
function verdictRows({ inputs, docs: { verdicts } }: CheckDeclaration): readonly (readonly string[])[] {
  const rows: readonly (readonly [string, string, string | undefined])[] = [
    ['ok', '0', 'nothing of what follows'],
    ['warning', '1', verdicts.warning],
    ['critical', '2', verdicts.critical],
    [
      'unknown',
      '3',
      [inputs.length > 0 ? 'an input was not read' : '', verdicts.unknown].filter(Boolean).join('; or ') || undefined,
    ],
    ['not-applicable', '0', verdicts.notApplicable],
  ];
  return rows.flatMap(([verdict, exit, when]) => (when === undefined ? [] : [[code(verdict), exit, when]]));
}

function optionsBody({ id, options }: CheckDeclaration): readonly string[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  const rows = Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return [];
    return [{ name, schema, value: JSON.stringify(schema.default) }];
  });
  if (rows.length === 0) return ['None.'];
  const yaml = [`checks:`, `  ${id}:`, '    options:', ...rows.map(({ name, value }) => `      ${name}: ${value}`)].join('\n');
  return [
    table(
      ['option', 'values', 'default', 'what it does'],
      rows.map(({ name, schema, value }) => [code(name), valuesOf(schema), code(value), schema.description ?? '']),
    ),
    'In `cniwatch.yaml`, with the defaults:',
    `\`\`\`yaml\n${yaml}\n\`\`\``,
  ];
}

/** `number, 0 to 100`, or the values to choose from. */
function valuesOf({ type, enum: choices, minimum, maximum }: z.core.JSONSchema.JSONSchema): string {
  if (choices !== undefined) return choices.map((choice) => code(String(choice))).join(', ');
  const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return `${type}, ${least} to ${most}`;
  if (least !== undefined) return `${type}, at least ${least}`;
  return most === undefined ? String(type) : `${type}, at most ${most}`;
}

const SERIES: Readonly<Record<MetricDeclaration['per'], string>> = {
  cluster: 'one a cluster',
  subnet: 'one a subnet, shared by its clusters',
  distribution: 'one a cluster, a distribution over nodes',
};

function metricRow({ name, unit, per, essential, description }: MetricDeclaration): readonly string[] {
  return [code(name), unit, SERIES[per], essential ? 'by default' : 'with `metrics.publish: all`', description];
}
