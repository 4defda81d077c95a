import type { UnjudgedNode } from '#lib/checks/node/vpc-cni-nodes.ts';
import { plural } from '#lib/model/plural.ts';
import type { SettingDrift } from '#lib/network/addon-drift.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { type PrefixNodes, versionDelegates } from '#lib/network/prefix-delegation.ts';
import type { PrefixRoom } from '#lib/network/prefix-room.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

export type PrefixBlockerReason =
  | 'drift'
  | 'cni-version'
  | 'non-nitro-nodes'
  | 'no-free-prefixes'
  | 'without-prefixes'
  | 'stale-max-pods'
  | 'mixed-nodes'
  | 'windows-nodes';

/** Something that keeps prefix delegation from taking effect, wholly or on some nodes. */
export interface PrefixObstacle {
  readonly reason: PrefixBlockerReason;
  /** A clause. */
  readonly detail: string;
  /** Names of nodes, ids of subnets, or settings. */
  readonly resources: readonly string[];
}

export interface PrefixFacts {
  readonly settings: VpcCniSettings;
  readonly nodes: PrefixNodes;
  readonly unjudged: readonly UnjudgedNode[];
  readonly rooms: readonly PrefixRoom[];
  readonly drift: readonly SettingDrift[];
}

/** What stands in the way, in the order in which one would mend it. */
export function prefixObstacles({ settings, nodes, unjudged, rooms, drift }: PrefixFacts): readonly PrefixObstacle[] {
  const tooOld = nodes.eligible.filter(({ type }) => versionDelegates(type, settings) === false);
  const empty = rooms.filter(({ verdict }) => verdict === 'critical' || verdict === 'warning');
  const windows = unjudged.filter(({ host }) => host.kind === 'windows').map(({ host }) => host.name);
  const all: readonly (PrefixObstacle & { readonly holds: boolean })[] = [
    {
      reason: 'drift',
      holds: drift.length > 0,
      detail: `aws-node runs with other settings than the add-on's configuration has (${drift.map(driftClause).join(', ')})`,
      resources: drift.map(({ setting }) => setting),
    },
    {
      reason: 'cni-version',
      holds: tooOld.length > 0,
      detail: `version ${settings.version} of the CNI cannot do it on ${plural(tooOld.length, 'node')} (1.9 is needed, 1.11 on bare metal)`,
      resources: names(tooOld),
    },
    {
      reason: 'non-nitro-nodes',
      holds: nodes.nonNitro.length > 0,
      detail: `${plural(nodes.nonNitro.length, 'node')} of a type that is neither Nitro nor bare metal, and so without prefixes`,
      resources: names(nodes.nonNitro),
    },
    {
      reason: 'no-free-prefixes',
      holds: empty.length > 0,
      detail: `fewer free /28 blocks than two new nodes take in ${empty.map(({ subnetId, freePrefixes }) => `${subnetId} (${freePrefixes})`).join(', ')}`,
      resources: empty.map(({ subnetId }) => subnetId),
    },
    {
      reason: 'without-prefixes',
      holds: nodes.withoutPrefixes.length > 0,
      detail: `${plural(nodes.withoutPrefixes.length, 'node')} with single addresses and no prefix`,
      resources: names(nodes.withoutPrefixes),
    },
    {
      reason: 'stale-max-pods',
      holds: nodes.stale.length > 0,
      detail: `${plural(nodes.stale.length, 'node')} with the max-pods of single addresses`,
      resources: names(nodes.stale),
    },
    {
      reason: 'mixed-nodes',
      holds: nodes.mixed.length > 0,
      detail: `${plural(nodes.mixed.length, 'node')} with single addresses for pods beside prefixes`,
      resources: names(nodes.mixed),
    },
    {
      reason: 'windows-nodes',
      holds: windows.length > 0,
      detail: `${plural(windows.length, 'Windows node')}, for which enable-windows-prefix-delegation of the ConfigMap amazon-vpc-cni decides, which is not read`,
      resources: windows,
    },
  ];
  return all.filter(({ holds }) => holds).map(({ holds: _holds, ...obstacle }) => obstacle);
}

function names(nodes: readonly EniNode[]): readonly string[] {
  return nodes.map(({ node }) => node.name);
}

function driftClause({ setting, configured, running }: SettingDrift): string {
  return `${setting} ${running ?? 'unset'} instead of ${configured ?? 'unset'}`;
}
