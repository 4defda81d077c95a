import type { CanaryLookup, CanaryReport, LookupOutcome } from '#lib/model/canary.ts';
import { failedAttempts, outcomeOf } from '#lib/network/canary/attempts.ts';

/** One server, as one client found it. */
export interface CanaryServer {
  readonly node: string;
  readonly server: string;
  readonly of: CanaryLookup['of'];
  /** Attempts whose outcome is clear. */
  readonly asked: number;
  readonly failed: number;
  /** Answered where all names were; else that of the first name that was not. */
  readonly outcome: LookupOutcome;
}

export interface CanaryDns {
  readonly servers: readonly CanaryServer[];
  /** Names that no resolver of a client answered, each once. */
  readonly unansweredNames: readonly string[];
  /** Nodes whose clients could not resolve by the search path; of the others it is known that they can, or nothing. */
  readonly searchFailed: readonly string[];
  readonly searchKnown: number;
  /** Milliseconds of the attempts that were answered, ascending. */
  readonly latencies: readonly number[];
}

/** Folds what clients asked into servers, names and times. */
export function canaryDns(reports: readonly CanaryReport[]): CanaryDns {
  const search = reports.map((report) => ({ node: report.nodeName, outcome: outcomeOf(report.search, 'reached') }));
  return {
    servers: reports.flatMap(serversOf),
    unansweredNames: [...new Set(reports.flatMap(unansweredNames))],
    searchFailed: search.filter(({ outcome }) => outcome === 'unresolved').map(({ node }) => node),
    searchKnown: search.filter(({ outcome }) => outcome !== 'unclear').length,
    latencies: reports
      .flatMap(({ lookups }) => lookups.flatMap(({ attempts }) => attempts))
      .flatMap(({ outcome, ms }) => (outcome === 'answered' ? [ms] : []))
      .toSorted((a, b) => a - b),
  };
}

function serversOf({ nodeName, lookups }: CanaryReport): readonly CanaryServer[] {
  return [...Map.groupBy(lookups, ({ server }) => server)].map(([server, names]) => {
    const outcomes = names.map((name) => outcomeOf(name, 'answered'));
    return {
      node: nodeName,
      server,
      of: names[0]?.of ?? 'service',
      asked: names.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome !== 'unclear').length,
      failed: names.reduce((sum, name) => sum + failedAttempts(name, 'answered'), 0),
      outcome: outcomes.find((outcome) => outcome !== 'answered') ?? 'answered',
    };
  });
}

/** By all resolvers of the pod: a second one may answer what the first did not. */
function unansweredNames({ lookups }: CanaryReport): readonly string[] {
  const byName = Map.groupBy(
    lookups.filter(({ of }) => of === 'resolver'),
    ({ name }) => name,
  );
  return [...byName].flatMap(([name, asked]) => {
    const outcomes = asked.map((one) => outcomeOf(one, 'answered'));
    return outcomes.every((outcome) => outcome !== 'answered' && outcome !== 'unclear') ? [name] : [];
  });
}

/** Of an ascending list; null where it is empty. */
export function median(ascending: readonly number[]): number | null {
  return ascending[Math.floor((ascending.length - 1) / 2)] ?? null;
}
