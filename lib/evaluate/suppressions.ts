import { endOf, type Suppression } from '#lib/config/suppressions.ts';
import type { Finding } from '#lib/model/finding.ts';
import { matchesAny } from '#lib/model/name-pattern.ts';
import type { Target } from '#lib/model/target.ts';

/** Marks the problems that the configuration knows of: `suppressed` while that lasts, `suppressionExpired` once it is over. */
export function suppress(
  findings: readonly Finding[],
  { suppressions, target, now }: { suppressions: readonly Suppression[]; target: Target; now: Date },
): Finding[] {
  const here = suppressions.filter((each) => isOfCluster(each, target)).map((each) => ({ ...each, ends: endOf(each) }));
  if (here.length === 0) return [...findings];
  return findings.map((finding) => {
    if (finding.verdict === 'ok' || finding.verdict === 'not-applicable') return finding;
    const matching = here.filter((each) => isOfFinding(each, finding)).toSorted((a, b) => b.ends - a.ends);
    // Of several, the one that lasts longest.
    const [longest] = matching;
    if (longest === undefined) return finding;
    const { reason, until, ends } = longest;
    return ends > now.getTime()
      ? { ...finding, suppressed: { reason, until } }
      : { ...finding, suppressionExpired: { reason, until } };
  });
}

function isOfCluster({ cluster, account, region }: Suppression, target: Target): boolean {
  return (
    (cluster === undefined || matchesAny(target.name, [cluster])) &&
    (account === undefined || account === target.account) &&
    (region === undefined || region === target.region)
  );
}

function isOfFinding({ check, resource: pattern }: Suppression, { check: of, resource: { id, name } }: Finding): boolean {
  if (check !== '*' && check !== of) return false;
  return pattern === undefined || matchesAny(id, [pattern]) || (name !== undefined && matchesAny(name, [pattern]));
}
