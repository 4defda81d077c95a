import type { CanaryReading, CanaryReport, ConnectionOutcome } from '#lib/model/canary.ts';
import { lastWords, outcomeOf } from '#lib/network/canary/attempts.ts';

export interface CanaryTarget {
  readonly target: string;
  /** Nodes whose pods reached it. */
  readonly reached: readonly string[];
  /** Those whose pods did not, and how. */
  readonly unreached: readonly { readonly node: string; readonly outcome: ConnectionOutcome; readonly said: string | null }[];
  /** Those of whose pods it is not known: its name was not resolved, the tool failed, or it was not tried. */
  readonly unknown: readonly { readonly node: string; readonly outcome: 'unresolved' | 'unclear' }[];
}

/** Each configured target over all clients. */
export function canaryEgress(
  { egress }: Pick<CanaryReading, 'egress'>,
  reports: readonly CanaryReport[],
): readonly CanaryTarget[] {
  return egress.map((target) => {
    const tried = reports.map((report) => {
      const attempts = report.egress.find((one) => one.target === target) ?? { attempts: [] };
      return { node: report.nodeName, outcome: outcomeOf(attempts, 'reached'), said: lastWords(attempts) };
    });
    return {
      target,
      reached: tried.filter(({ outcome }) => outcome === 'reached').map(({ node }) => node),
      unreached: tried.filter(({ outcome }) => /^(refused|no-answer|no-route)$/.test(outcome)),
      unknown: tried.flatMap(({ node, outcome }) =>
        outcome === 'unresolved' || outcome === 'unclear' ? [{ node, outcome }] : [],
      ),
    };
  });
}
