import * as z from 'zod';
import type { Remediation } from '#lib/model/remediation.ts';
import { REMEDIATIONS } from '#lib/remediate/index.ts';
import { code, list, page, section, table } from './markdown.ts';

const GENERATED = '<!-- Written by `npm run docs` from the remediations themselves: edit those. -->';

/** Every page about remediations, by its name under docs/. */
export function remediationPages(remediations: readonly Remediation[] = REMEDIATIONS): ReadonlyMap<string, string> {
  return new Map([
    ['remediations/README.md', overview(remediations)],
    ...remediations.map((remediation) => [`remediations/${remediation.id}.md`, remediationPage(remediation)] as const),
  ]);
}

function overview(remediations: readonly Remediation[]): string {
  return page(
    GENERATED,
    '# Remediations',
    'A remediation goes from a finding to the exact calls that would cure it. `cniwatch plan <remediation> --cluster C` prints those ' +
      'calls, what changes, what it gains and risks, who owns what would change, how it is verified and undone, and every precondition ' +
      'with its value. This version makes plans and applies none.',
    table(
      ['remediation', 'what it does', 'for findings of', 'risk', 'approvals'],
      remediations.map(({ id, title, fixes, risk, approvals }) => [
        `[${id}](${id}.md)`,
        title,
        fixes.map((check) => `[${check}](../checks/${check}.md)`).join(', '),
        risk,
        String(approvals),
      ]),
    ),
    section(
      'Exit codes',
      '0: the plan is ready. 1: there is none, or a precondition does not hold; what could not be read does not hold. 3: the cluster ' +
        'could not be read. 64: wrong usage.',
    ),
    section(
      'The hash of a plan',
      "A plan's id and hash cover the calls in their order, the values before and after, what it is held to, and the calls that undo it. " +
        'They do not change with the time of the plan, with capacity or with advice: the same change has the same hash.',
    ),
  );
}

function remediationPage({ id, title, fixes, risk, approvals, permissions, options, docs }: Remediation): string {
  return page(
    GENERATED,
    `# ${id}`,
    `${title}. Risk ${risk}; ${approvals} approvals. For findings of ${fixes.map((check) => `[${check}](../checks/${check}.md)`).join(', ')}.`,
    docs.what,
    section(
      'Preconditions',
      table(
        ['name', 'what it asks'],
        Object.entries(docs.preconditions).map(([name, text]) => [code(name), text]),
      ),
    ),
    section('Options', table(['option, as `--set option=value`', 'default', 'what it does'], optionRows(options))),
    section(
      'Permissions',
      'What carrying it out takes, beside what cniwatch reads. Planning takes none of it.',
      list([
        ...permissions.aws.map(({ action, resource }) => `${code(action)} on ${resource === '*' ? 'any resource' : resource}`),
        ...permissions.kubernetes.map(({ apiGroup, resources, resourceNames = [], verbs }) =>
          `${verbs.join(', ')} ${resources.join(', ')}${apiGroup === '' ? '' : ` of ${apiGroup}`} ${resourceNames.map(code).join(', ')}`.trimEnd(),
        ),
      ]),
    ),
    section('Sources', list(docs.sources)),
  );
}

function optionRows(options: z.ZodType): readonly (readonly string[])[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  return Object.entries(properties).flatMap(([name, schema]) =>
    typeof schema === 'boolean'
      ? []
      : [[code(name), schema.default === undefined ? '' : code(JSON.stringify(schema.default)), schema.description ?? '']],
  );
}
