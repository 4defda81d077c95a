import { isWhole, type Link, linkMeets } from '#lib/evaluate/coverage.ts';
import { EXPLANATIONS, type Explanation } from '#lib/evaluate/explanations.ts';
import { type Placed, type ProblemIndex, problemIndex } from '#lib/evaluate/problem-index.ts';
import { NO_TOPOLOGY, type Topology } from '#lib/evaluate/topology.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';

const SEVERITY: Readonly<Partial<Record<Verdict, number>>> = { warning: 1, critical: 2 };
const severityOf = ({ verdict }: Finding): number => SEVERITY[verdict] ?? 0;

/**
 * Gives each symptom the fingerprints of the findings that explain it: of checks that may, at the same place, no less severe, and
 * together wherever the symptom is, so that whoever is told of the roots alone misses nothing. A finding without `causes` is a root. The
 * links are without circles, since the table of explanations is.
 */
export function linkCauses(findings: readonly Finding[], topology: Topology = NO_TOPOLOGY): Finding[] {
  const problems = problemIndex(findings.filter((finding) => severityOf(finding) > 0));
  const explanations = Map.groupBy(EXPLANATIONS, ({ symptom }) => symptom);
  return findings.map((finding) => {
    const own = problems.of(finding);
    const possible = explanations.get(finding.check);
    if (own === undefined || possible === undefined) return finding;
    const links = possible
      .filter((explanation) => applies(explanation, finding))
      .flatMap((explanation) => linksBy(explanation, own, problems, topology));
    if (links.length === 0 || !isWhole(links, own.reach, topology)) return finding;
    return { ...finding, causes: [...new Set(links.map(({ fingerprint }) => fingerprint))] };
  });
}

function linksBy(explanation: Explanation, symptom: Placed, problems: ProblemIndex, topology: Topology): readonly Link[] {
  const { by, at } = explanation;
  const causes = at === 'nodes' ? problems.onNodes(by, symptom.reach.nodes) : problems.all(by);
  return causes.flatMap(({ finding, reach }) => {
    if (severityOf(finding) < severityOf(symptom.finding) || !mayExplain(explanation, finding, symptom.finding)) return [];
    const link = { fingerprint: finding.fingerprint, at, reach };
    return linkMeets(link, symptom.reach, topology) ? [link] : [];
  });
}

function applies({ kind, when }: Explanation, { resource, evidence }: Finding): boolean {
  return (kind === undefined || kind === resource.kind) && (when === undefined || when(evidence));
}

function mayExplain({ byKind, byWhen, same }: Explanation, { resource, evidence }: Finding, symptom: Finding): boolean {
  if ((byKind !== undefined && byKind !== resource.kind) || byWhen?.(evidence) === false) return false;
  const [one, other] = same === undefined ? [] : [evidence[same], symptom.evidence[same]];
  return one === undefined || other === undefined || one === other;
}

/** The roots beneath each problem, by its fingerprint: of a root, itself. */
export function rootsOf(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const byName = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const found = new Map<string, readonly Finding[]>();
  const beneath = (finding: Finding): readonly Finding[] => {
    const known = found.get(finding.fingerprint);
    if (known !== undefined) return known;
    // Until it is answered: a document of elsewhere may have circles, of which the last is then the root.
    found.set(finding.fingerprint, []);
    const causes = (finding.causes ?? []).flatMap((name) => byName.get(name) ?? []);
    const deeper = [...new Set(causes.flatMap(beneath))];
    const roots = deeper.length === 0 ? [finding] : deeper;
    found.set(finding.fingerprint, roots);
    return roots;
  };
  for (const finding of findings) beneath(finding);
  return found;
}
