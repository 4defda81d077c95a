import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import type { PodNetwork } from '#lib/network/pod-network.ts';

const NAMED = 5;

/** The finding that some subnets may be missing from the judged ones, because it is not known where these nodes' pods draw from. */
export function unplacedNodes(
  { unresolved, ipam }: PodNetwork,
  { arn, name }: Target,
  { nodes, instances, networkInterfaces }: Pick<Slices, 'nodes' | 'instances' | 'networkInterfaces'>,
): readonly Judgement[] {
  const resource = { kind: 'cluster', id: arn, name } as const;
  const missing =
    !nodes.ok && !instances.ok
      ? `neither nodes (${asClause(nodes.reason)}) nor instances (${asClause(instances.reason)}) were read`
      : ipam.kind === 'unknown' && !networkInterfaces.ok
        ? `${ipam.reason}, and interfaces were not read (${asClause(networkInterfaces.reason)})`
        : undefined;
  if (missing !== undefined)
    return [
      { verdict: 'unknown', resource, summary: `Pods may draw from more subnets than those judged: ${missing}.`, evidence: {} },
    ];
  if (unresolved.length === 0) return [];
  const reasons = Map.groupBy(unresolved, ({ reason }) => reason);
  const clauses = [...reasons].map(([reason, hosts]) => {
    const names = hosts.slice(0, NAMED).map(({ host }) => host.name);
    return `${reason} (${names.join(', ')}${hosts.length > NAMED ? ` and ${hosts.length - NAMED} more` : ''})`;
  });
  return [
    {
      verdict: 'unknown',
      resource,
      summary: `It is not known where the pods of ${plural(unresolved.length, 'node')} draw from: ${clauses.join('; ')}.`,
      evidence: { nodes: unresolved.map(({ host }) => host.name) },
    },
  ];
}
