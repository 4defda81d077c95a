import { nearNames } from '#lib/discover/names.ts';
import type { Source } from '#lib/discover/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { matchesAny } from '#lib/model/name-pattern.ts';
import type { Target } from '#lib/model/target.ts';

/** What was not seen, and where. */
export interface PlaceFailure {
  readonly account?: string;
  readonly region?: string;
  /** For a reader, as `account 111122223333 (payments), eu-west-1`; empty where it is no place's. */
  readonly place: string;
  readonly failure: ReadFailure;
}

/** An account or a Region whose clusters could not be listed, as a run's states pass it on; `region` names it to a reader. */
export interface UnreadPlace {
  readonly region: string;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

export function unreadPlace({ place, failure: { code, message, remedy } }: PlaceFailure): UnreadPlace {
  return { region: place || 'organization', code, reason: message, remedy };
}

/** What one account and Region gave. */
export interface Seen {
  readonly source: Source;
  /** Absent where the account could not be entered. */
  readonly region?: string;
  /** Of all clusters there. */
  readonly names: readonly string[];
  /** Those that are meant. */
  readonly targets: readonly Target[];
  readonly failures: readonly PlaceFailure[];
}

/** A failure with its place. One of a Region where the credentials themselves are good asks whether the Region is enabled. */
export function placeFailure(
  { entry = '', account, name, region }: Partial<Source> & { readonly region?: string },
  failure: ReadFailure,
): PlaceFailure {
  const place = [
    ...(account === undefined || entry.startsWith('fleet.')
      ? []
      : [`account ${account}${name === undefined ? '' : ` (${name})`}`]),
    ...(region === undefined ? [] : [region]),
  ].join(', ');
  const at = { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }), place };
  if (region === undefined || !mayBeDisabled(failure)) return { ...at, failure };
  const { code, message, cause } = failure;
  return { ...at, failure: new ReadFailure(code, message, enableRegion(region, account), { cause }) };
}

/**
 * A Region that an account has not enabled knows none of its credentials. Source: AWS Account Management Reference Guide, "Enable or
 * disable AWS Regions in your account"; IAM User Guide, "Manage AWS STS in an AWS Region".
 */
function mayBeDisabled({ code, cause }: ReadFailure): boolean {
  return code === 'Unauthorized' || (cause instanceof Error && cause.name === 'OptInRequired');
}

function enableRegion(region: string, account = 'this account'): string {
  return `${region} may not be enabled in ${account}: aws account get-region-opt-status --region-name ${region} says so. Enable it, or take it out of cniwatch.yaml.`;
}

/**
 * Clusters that an entry names and that are nowhere in it: a failure where the name was spelt out, a warning for a pattern. An entry of
 * which a part was not seen says nothing: it may be there.
 */
export function missingClusters(
  seen: readonly Seen[],
  organizationFailed: boolean,
): { readonly failures: readonly PlaceFailure[]; readonly warnings: readonly string[]; readonly nothing?: ReadFailure } {
  const failures: PlaceFailure[] = [];
  const warnings: string[] = [];
  for (const [entry, places] of Map.groupBy(seen, ({ source }) => source.entry)) {
    if (places.some((place) => place.failures.length > 0)) continue;
    const [{ source } = { source: undefined }] = places;
    const names = places.flatMap((place) => place.names);
    const regions = [...new Set(places.flatMap(({ region }) => region ?? []))];
    for (const pattern of source?.selection.clusters ?? []) {
      if (names.some((name) => matchesAny(name, [pattern]))) continue;
      if (pattern.includes('*')) warnings.push(`${entry}: no EKS cluster in ${regions.join(', ')} matches ${pattern}`);
      else failures.push(notThere(pattern, { names, regions, source }));
    }
  }
  const unseen = organizationFailed || failures.length > 0 || seen.some((place) => place.failures.length > 0);
  if (!unseen && seen.every(({ targets }) => targets.length === 0)) return { failures, warnings, nothing: nothingAtAll(seen) };
  return { failures, warnings };
}

function notThere(
  name: string,
  { names, regions, source }: { names: readonly string[]; regions: readonly string[]; source: Source | undefined },
): PlaceFailure {
  const near = nearNames(name, names);
  const failure = new ReadFailure(
    'ClusterNotFound',
    `There is no EKS cluster ${name} in ${regions.join(', ')}.`,
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Check the name and the Regions in ${source?.entry} of cniwatch.yaml.`,
  );
  return placeFailure(source?.entry === 'organization' ? {} : { ...source }, failure);
}

/** An empty fleet is no healthy fleet: it mostly means the wrong Region or account. */
function nothingAtAll(seen: readonly Seen[]): ReadFailure {
  const regions = [...new Set(seen.flatMap(({ region }) => region ?? []))];
  const patterns = [...new Set(seen.flatMap(({ source }) => source.selection.clusters))];
  return new ReadFailure(
    'ClusterNotFound',
    seen.length === 0
      ? 'There is no account to look in.'
      : `No EKS cluster in ${regions.join(', ')} matches ${patterns.join(', ')}.`,
    'Check the Regions, the account of the credentials, and which clusters are selected.',
  );
}
