import type { ChangedCheck, ConfigDocument } from '#lib/cli/config-document.ts';
import { section } from '#lib/cli/sections.ts';
import type { Config } from '#lib/config/config.ts';
import type { ClusterSelection } from '#lib/discover/entry.ts';
import { plainText } from '#lib/model/plain-text.ts';
import type { TagPatterns, TargetMatch } from '#lib/model/target-match.ts';

type Entry = readonly [string, string];

/** What the configuration comes to, for a reader. */
export function configText(document: ConfigDocument, config: Config, width: number): string {
  const { file, configHash, changed, overrides, clusters } = document;
  const lines = [
    `${file} is valid. Configuration ${configHash.slice(0, 12)}.`,
    ...section('Where it looks', places(config), width),
    ...section('What differs from the defaults', changed.map(changedEntry), width),
    ...overrides.flatMap(({ match, checks }, index) =>
      section(`overrides.${index}, for ${matchText(match)}`, Object.entries(checks).map(overrideEntry), width),
    ),
    ...section('Suppressions', document.suppressions.map(suppressionEntry), width),
    ...section('Remediations', remediationEntries(document), width),
    ...(clusters ?? []).flatMap(({ account, region, name, changed: own }) =>
      section(`${name} in ${region}, account ${account}`, own.length > 0 ? own.map(changedEntry) : [['', 'the defaults']], width),
    ),
  ];
  return `${lines.map(plainText).join('\n')}\n`;
}

function places({ fleet, accounts, organization }: Config): Entry[] {
  const entries: Entry[] = [
    ...fleet.map((entry, index): Entry => [`fleet.${index}`, `${entry.region}: ${selectionText(entry)}`]),
    ...accounts.map((entry, index): Entry => {
      const who = `account ${entry.id}${entry.name === undefined ? '' : ` (${entry.name})`}`;
      return [`accounts.${index}`, `${who}${roleText(entry)}, ${entry.regions.join(', ')}: ${selectionText(entry)}`];
    }),
  ];
  if (organization === undefined) return entries.length > 0 ? entries : [['', 'no fleet: what the command line says']];
  const whole = organization.ous === undefined ? 'every account' : `accounts in ${organization.ous.join(', ')}`;
  const text = `${whole}${roleText(organization)}, ${organization.regions.join(', ')}: ${selectionText(organization)}`;
  return [...entries, ['organization', text]];
}

function roleText({ role, externalId }: { role?: string | undefined; externalId?: string | undefined }): string {
  if (role === undefined) return ' without a role';
  return ` by ${role}${externalId === undefined ? '' : ' with an external id'}`;
}

function selectionText({ clusters, except, tags, exceptTags }: ClusterSelection): string {
  return [
    clusters.join(', '),
    ...(except ? [`not ${except.join(', ')}`] : []),
    ...(tags ? [`with ${tagsText(tags)}`] : []),
    ...(exceptTags ? [`without ${tagsText(exceptTags)}`] : []),
  ].join('; ');
}

const tagsText = (tags: TagPatterns): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${[value].flat().join('|')}`)
    .join(', ');

function matchText({ clusters, accounts, regions, tags }: TargetMatch): string {
  const parts = [
    ...(clusters ? [`clusters ${clusters.join(', ')}`] : []),
    ...(accounts ? [`accounts ${accounts.join(', ')}`] : []),
    ...(regions ? [`Regions ${regions.join(', ')}`] : []),
    ...(tags ? [`tags ${tagsText(tags)}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'every cluster';
}

function changedEntry({ check, enabled, options }: ChangedCheck): Entry {
  const changed = Object.entries(options).map(
    ([name, { value, default: usual }]) => `${name} ${JSON.stringify(value)} (default ${JSON.stringify(usual)})`,
  );
  return [check, [...(enabled ? [] : ['off']), ...changed].join('; ')];
}

function overrideEntry([check, { enabled, options = {} }]: [string, Config['overrides'][number]['checks'][string]]): Entry {
  const given = Object.entries(options as object).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [check, [...(enabled === undefined ? [] : [enabled ? 'on' : 'off']), ...given].join('; ')];
}

function suppressionEntry({ check, resource, cluster, reason, until, expired }: ConfigDocument['suppressions'][number]): Entry {
  const of = [resource, cluster === undefined ? undefined : `cluster ${cluster}`].filter((each) => each !== undefined);
  const when = expired ? `over since ${until}, counts again` : `until ${until}`;
  return [check, `${of.length > 0 ? `${of.join(', ')}: ` : ''}${when}: ${reason}`];
}

function remediationEntries({ remediations: { killSwitch, default: otherwise, rules } }: ConfigDocument): Entry[] {
  if (killSwitch) return [['', 'none: the kill switch is on']];
  return [
    ...rules.map(({ remediation, policy, match, window }): Entry => {
      const when = window === undefined ? '' : `, ${window.from} to ${window.to} ${window.timezone}`;
      return [remediation, `${policy} for ${matchText(match)}${when}`];
    }),
    ['all others', otherwise],
  ];
}
