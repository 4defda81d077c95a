import type { DnsDocument, DnsState, WorkloadDns } from '#lib/cli/explain-path-dns.ts';
import { section } from '#lib/cli/sections.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import { wrap } from '#lib/report/wrap.ts';

const STATES: Readonly<Record<DnsState, string>> = {
  reached: 'reaches DNS',
  'in-part': 'reaches DNS in part',
  unknown: 'not known',
  'cut-off': 'cut off from DNS',
};

/** How many workloads policies cut off, and each that is not plainly well. */
export function dnsLines(
  { enforced, workloads, affected }: DnsDocument,
  { changed, bold, width }: { readonly changed: boolean; readonly bold: (text: string) => string; readonly width: number },
): readonly string[] {
  const cut = affected.filter(({ state }) => state === 'cut-off');
  const newly = cut.filter(({ before }) => before !== 'cut-off');
  const count = `${cut.length} of ${plural(workloads, 'workload')} that ask for names`;
  const would = enforced ? (cut.length === 1 ? 'is' : 'are') : 'would be';
  const since = !changed || cut.length === 0 ? '' : `, ${newly.length} of them by the change`;
  return [
    bold('DNS, as network policies leave it'),
    ...wrap(`${count} ${would} cut off${since}. Security groups and network ACLs are not looked at here.`, width),
    ...(enforced ? [] : wrap('Nobody enforces network policies in this cluster: none of this happens.', width)),
    ...section(
      '',
      affected.map((workload) => workloadEntry(workload)),
      width,
    ),
  ].filter((line, at, all) => line !== '' || all[at - 1] !== '');
}

function workloadEntry({
  namespace,
  kind,
  name,
  pods,
  podsAffected,
  state,
  before,
  reason,
}: WorkloadDns): readonly [string, string] {
  const how = podsAffected > 0 ? ` (${podsAffected} of ${plural(pods, 'pod')})` : '';
  const why = state === 'reached' || reason === null ? '' : `: ${reason}`;
  const was = before === null || before === state ? '' : `. Before: ${STATES[before]}.`;
  return [plainText(`${namespace}/${name}`), plainText(`${kind} ${STATES[state]}${how}${why}${was}`)];
}
