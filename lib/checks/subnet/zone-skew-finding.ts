import { percent } from '#lib/checks/subnet/exhaustion-finding.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import type { ZoneRoom, ZoneSkew } from '#lib/network/zone-rooms.ts';

export interface SkewPicture extends ZoneSkew {
  readonly rooms: readonly ZoneRoom[];
  readonly nodesByZone: ReadonlyMap<string, number>;
  /** Node groups that have no other zone than a short one that takes no more node; undefined where they were not read. */
  readonly boundNodegroups: readonly string[] | undefined;
  /** Why subnets or nodes may be missing from the picture. */
  readonly gaps: readonly string[];
  readonly caveats: readonly string[];
}

export function skewFinding({ arn, name }: Target, picture: SkewPicture): Judgement {
  const { rooms, short, roomy, nodesByZone, boundNodegroups, gaps, caveats } = picture;
  const verdict = verdictOf(picture);
  const free = rooms.reduce((sum, room) => sum + room.free, 0);
  const total = rooms.reduce((sum, room) => sum + room.total, 0);
  const nodes = [...nodesByZone.values()].reduce((sum, count) => sum + count, 0);
  return {
    verdict,
    resource: { kind: 'cluster', id: arn, name },
    summary: `${[
      ...rooms.map((room) => zoneClause(room, nodesByZone.get(room.zone) ?? 0, nodes)),
      ...skewClauses(picture),
      ...gaps,
      ...caveats,
    ].join('; ')}.`,
    evidence: {
      zones: Object.fromEntries(rooms.map((room) => [room.zone, zoneEvidence(room, nodesByZone.get(room.zone) ?? 0)])),
      shortZones: short.map(({ zone }) => zone),
      roomyZones: roomy.map(({ zone }) => zone),
      free,
      total,
      boundNodegroups: boundNodegroups === undefined ? null : [...boundNodegroups],
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const, remediation: 'add-pod-subnet' }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const, remediation: 'add-pod-subnet' }),
  };
}

function verdictOf({ short, roomy, perhapsShort, boundNodegroups, gaps }: SkewPicture): Judgement['verdict'] {
  if (gaps.length > 0) return 'unknown';
  if (roomy.length === 0) return 'ok';
  if (short.length === 0) return perhapsShort.length > 0 ? 'unknown' : 'ok';
  if (boundNodegroups === undefined) return short.some(({ refusesNode }) => refusesNode !== 'no') ? 'unknown' : 'warning';
  return boundNodegroups.length > 0 ? 'critical' : 'warning';
}

function zoneClause({ zone, free, total, usedPercent, refusesNode }: ZoneRoom, here: number, nodes: number): string {
  const refuses = refusesNode === 'yes' ? ', too few for one more node' : '';
  return `${zone} has ${free} of ${total} addresses free (${percent(usedPercent)} % used${refuses}) and ${here} of ${plural(nodes, 'node')}`;
}

function skewClauses({ short, roomy, perhapsShort, boundNodegroups }: SkewPicture): readonly string[] {
  const isSkewed = short.length > 0 && roomy.length > 0;
  return [
    ...(short.length > 0 && roomy.length === 0 ? ['no zone has room, so this is no skew'] : []),
    ...(isSkewed && boundNodegroups === undefined ? ['whether a node group has no other zone was not read'] : []),
    ...(isSkewed && boundNodegroups !== undefined && boundNodegroups.length > 0
      ? [`${plural(boundNodegroups.length, 'node group')} can go nowhere else (${boundNodegroups.join(', ')})`]
      : []),
    ...(short.length === 0 && perhapsShort.length > 0
      ? [`whether ${perhapsShort.map(({ zone }) => zone).join(', ')} takes one more node depends on a type that is not known`]
      : []),
  ];
}

function zoneEvidence({ free, total, usedPercent, refusesNode }: ZoneRoom, nodes: number) {
  return { free, total, usedPercent: percent(usedPercent), nodes, refusesNode };
}
