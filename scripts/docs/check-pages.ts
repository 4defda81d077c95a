import { CHECKS } from '#lib/checks/index.ts';
import { CLUSTER_NOT_SEEN } from '#lib/evaluate/cluster-not-seen.ts';
import type { CheckDeclaration } from '#lib/model/check.ts';
import { checkPage, GENERATED } from './check-page.ts';
import { code, page, section, table } from './markdown.ts';

/** Every page under docs/checks by its file name. */
export function checkPages(checks: readonly CheckDeclaration[] = [...CHECKS, CLUSTER_NOT_SEEN]): ReadonlyMap<string, string> {
  return new Map([['README.md', overview(checks)], ...checks.map((check) => [`${check.id}.md`, checkPage(check)] as const)]);
}

function overview(checks: readonly CheckDeclaration[]): string {
  const rows = checks.map((check) => [
    `[${check.id}](${check.id}.md)`,
    check.area,
    check.title,
    code(check.severity),
    check.remediations.map(code).join(', '),
  ]);
  return page(
    GENERATED,
    '# Checks',
    'Every check but `cluster-not-seen`, which is of the fleet, judges one Snapshot of one cluster. `cniwatch explain <check>` prints the same on a terminal, and ' +
      '`cniwatch check --check <id>,...` or `--area <area>,...` runs some of them.',
    table(['check', 'area', 'what it looks at', 'at worst', 'remediations'], rows),
    section(
      'Verdicts and exit codes',
      table(
        ['verdict', 'exit code', 'meaning'],
        [
          [code('ok'), '0', 'judged, and nothing is wrong'],
          [code('warning'), '1', 'worth a look in working hours'],
          [code('critical'), '2', 'pods fail, or soon will'],
          [code('unknown'), '3', 'it could not be told: what was not read is never `ok`'],
          [code('not-applicable'), '0', 'the cluster does not use what the check judges'],
        ],
      ),
      'The worst finding of a run decides, in the order critical, unknown, warning, ok. Wrong usage ends with 64. ' +
        '`--fail-on critical` lets warnings pass, and `--fail-on never` everything.',
    ),
    section(
      'Metrics',
      'In the namespace `CNIWatch`, with the dimensions `Account`, `Region` and `Cluster`, or `SubnetId` in place of the cluster.',
      table(
        ['name', 'check', 'unit', 'what it counts'],
        checks.flatMap(({ id, metrics }) =>
          metrics.map(({ name, unit, description }) => [code(name), `[${id}](${id}.md)`, unit, description]),
        ),
      ),
    ),
  );
}
