import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import {
  type EniConfigProblem,
  type EniConfigSurroundings,
  type EniConfigUse,
  eniConfigProblems,
} from '#lib/network/eni-config-problems.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

const NAMED = 5;

export interface EniConfigFacts extends EniConfigSurroundings {
  readonly settings: VpcCniSettings;
  readonly uses: readonly EniConfigUse[];
  /** Zones in which node groups may start nodes, by the group. */
  readonly groupZones: ReadonlyMap<string, readonly string[]>;
  /** What would have to be known for an `ok`, as clauses. */
  readonly gaps: readonly string[];
}

/** Judges custom networking of a cluster: does every node find an ENIConfig by which interfaces can be attached? */
export function eniConfigFinding(facts: EniConfigFacts): Omit<Judgement, 'resource'> {
  const { settings, uses, gaps } = facts;
  const problems = uses.flatMap((use) => eniConfigProblems(use, facts));
  const uncovered = uncoveredZones(facts);
  const hurting = problems.filter(({ nodes }) => nodes.length > 0);
  const verdict =
    settings.ipv6 || hurting.length > 0
      ? 'critical'
      : problems.length > 0 || uncovered.length > 0
        ? 'warning'
        : gaps.length > 0
          ? 'unknown'
          : 'ok';
  return {
    verdict,
    summary: `${clauses(facts, problems, uncovered).join('; ')}.`,
    evidence: {
      zones: zones(facts),
      eniConfigs: uses.map(({ name, config, hosts }) => ({ name, subnet: config?.subnet ?? null, nodes: hosts.length })),
      problems: problems.map((problem) => ({ ...problem, nodes: [...problem.nodes] })),
      zonesWithoutConfig: uncovered.map(({ zone }) => zone),
      label: settings.eniConfigLabel,
      annotation: settings.eniConfigAnnotation,
    },
    ...(verdict === 'critical' && { timeToImpact: 'minutes' as const, remediation: 'correct-eni-config' }),
    ...(verdict === 'warning' && { timeToImpact: 'days' as const, remediation: 'correct-eni-config' }),
  };
}

/** Zones where a node group may start nodes and no ENIConfig has a subnet. */
function uncoveredZones({ uses, subnets, groupZones }: EniConfigFacts): readonly { zone: string; groups: readonly string[] }[] {
  const covered = new Set(uses.flatMap(({ config }) => subnets.get(config?.subnet ?? '')?.availabilityZone ?? []));
  const found = Map.groupBy(
    [...groupZones].flatMap(([group, of]) => of.filter((zone) => !covered.has(zone)).map((zone) => ({ zone, group }))),
    ({ zone }) => zone,
  );
  return [...found].map(([zone, members]) => ({ zone, groups: members.map(({ group }) => group) }));
}

function zones({ uses }: EniConfigFacts): Record<string, { nodes: number; eniConfigs: string[] }> {
  const byZone: Record<string, { nodes: number; eniConfigs: string[] }> = {};
  for (const { name, hosts } of uses) {
    for (const { availabilityZone = 'unknown' } of hosts) {
      byZone[availabilityZone] ??= { nodes: 0, eniConfigs: [] };
      const zone = byZone[availabilityZone];
      zone.nodes++;
      if (!zone.eniConfigs.includes(name)) zone.eniConfigs.push(name);
    }
  }
  return byZone;
}

function clauses(
  { settings, uses, gaps }: EniConfigFacts,
  problems: readonly EniConfigProblem[],
  uncovered: readonly { zone: string; groups: readonly string[] }[],
): readonly string[] {
  const nodes = uses.reduce((sum, { hosts }) => sum + hosts.length, 0);
  const configs = uses.filter(({ config }) => config !== undefined).length;
  return [
    `${plural(nodes, 'node')} with custom networking and ${plural(configs, 'ENIConfig')}`,
    ...(settings.ipv6 ? ['custom networking and IPv6 exclude each other, so ipamd does not start'] : []),
    ...problems.map((problem) => problemClause(problem, settings)),
    ...uncovered.map(({ zone, groups }) => `no ENIConfig has a subnet in ${zone}, where ${groups.join(', ')} may start nodes`),
    ...gaps,
  ];
}

function problemClause({ reason, eniConfig, detail, nodes }: EniConfigProblem, settings: VpcCniSettings): string {
  const asking = nodes.length > NAMED ? `${nodes.slice(0, NAMED).join(', ')} and ${nodes.length - NAMED} more` : nodes.join(', ');
  const who = nodes.length > 0 ? ` (asked for by ${asking})` : ', for which no node asks';
  if (reason !== 'missing') return `ENIConfig ${eniConfig}${who}: ${detail}`;
  const keys = `the annotation ${settings.eniConfigAnnotation} or the label ${settings.eniConfigLabel}`;
  const why = eniConfig === 'default' ? `, which is what a node without ${keys} asks for` : '';
  return `${detail}${who}${why}`;
}
