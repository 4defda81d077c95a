import type { ClusterDiagnosis, DoctorDocument } from '#lib/cli/doctor-document.ts';
import { plainText } from '#lib/model/plain-text.ts';
import type { SourceGrants } from '#lib/onboard/diagnosis.ts';
import type { Grant } from '#lib/onboard/grant.ts';

/** For a reader: what holds cniwatch back first, then every source, then what adds what is missing. */
export function doctorText({ machine, clusters }: DoctorDocument): string {
  const head = `Node.js ${machine.node}, configuration ${machine.configHash.slice(0, 12)}`;
  return `${[head, ...clusters.flatMap((cluster) => ['', ...clusterLines(cluster)])].map(plainText).join('\n')}\n`;
}

function clusterLines(cluster: ClusterDiagnosis): string[] {
  const { name, region, account, verdict, symptoms, sources, principal } = cluster;
  const width = Math.max(...sources.map(({ source }) => source.length), 'configuration'.length);
  const line = (state: string, id: string, text: string): string =>
    `  ${state.padEnd(8)}  ${id.padEnd(width)}  ${text}`.trimEnd();
  return [
    `${name} in ${region}, account ${account}: ${verdict}${principal === undefined ? '' : `, as ${principal}`}`,
    ...symptoms.flatMap(({ id, verdict: state, said, remedy }) => [
      line(state, id, said),
      ...(remedy ? [line('', '', remedy)] : []),
    ]),
    ...(sources.length > 0 ? [''] : []),
    ...sources.map(({ source, ...grants }) => line(grants.enabled ? grants.verdict : 'off', source, grantsText(grants))),
    ...remedyLines(cluster),
  ];
}

const WORDS = { missing: 'missing', unknown: 'not known', untried: 'not needed so far' } as const satisfies Partial<
  Record<Grant['state'], string>
>;

/** What is not simply there, by what it is instead. */
function grantsText({ grants }: Pick<SourceGrants, 'grants'>): string {
  const parts = (['missing', 'unknown', 'untried'] as const).flatMap((state) => {
    const names = grants.filter((grant) => grant.state === state).map(({ name }) => name);
    return names.length === 0 ? [] : [`${WORDS[state]}: ${names.join(', ')}`];
  });
  return parts.length === 0 ? 'granted' : parts.join('; ');
}

function remedyLines({ remedies: { iamStatement, commands }, principal = 'the role' }: ClusterDiagnosis): string[] {
  const policy =
    iamStatement === undefined
      ? []
      : [
          '',
          `Add to a policy of ${principal}:`,
          ...JSON.stringify(iamStatement, undefined, 2)
            .split('\n')
            .map((each) => `  ${each}`),
        ];
  const grants =
    commands.length === 0 ? [] : ['', 'Let an administrator of the cluster run:', ...commands.map((command) => `  ${command}`)];
  return [...policy, ...grants];
}
