import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { NodeProbe, ProbedNode } from '#lib/model/node-probe.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type NodeFiles, type NodeFilesContext, nodeFiles } from '#lib/network/cni-config/node-files.ts';
import type { FileProblem, FileProblemKind } from '#lib/network/cni-config/problem.ts';

const REMEDIATIONS: Readonly<Record<FileProblemKind, string>> = {
  'no-config': 'restart-cni',
  'unreadable-config': 'repair-cni-config',
  'invalid-config': 'repair-cni-config',
  'several-configs': 'repair-cni-config',
  'other-cni': 'repair-cni-config',
  'missing-binary': 'reapply-cni',
  'stale-api-server': 'reapply-cni',
  'missing-kubeconfig': 'reapply-cni',
  'bpf-not-mounted': 'mount-bpf',
  'no-default-route': 'recycle-nodes',
};
/** What an agent brings that has just begun to start. */
const STILL_TO_COME: ReadonlySet<FileProblemKind> = new Set(['no-config', 'missing-binary']);
const MOST_TOLD = 3;
const MOST_LISTED = 20;

/** @param joining whether the node is too young for its agent to have written everything */
export function nodeFilesFinding({ nodeName, found, unread }: NodeProbe, context: NodeFilesContext, joining: boolean): Judgement {
  const resource = { kind: 'node', id: nodeName, name: nodeName } as const;
  if (found === undefined) {
    const summary = `The files of ${nodeName} were not read: ${asClause(unread ?? 'its probe told nothing')}.`;
    return { verdict: 'unknown', resource, summary, evidence: {} };
  }
  const files = nodeFiles(found, context);
  const told = files.problems.filter(({ kind }) => !(joining && STILL_TO_COME.has(kind)));
  const critical = told.filter(({ severity }) => severity === 'critical');
  const problems = [...critical, ...told.filter(({ severity }) => severity !== 'critical')];
  const verdict: Verdict =
    critical.length > 0 ? 'critical' : files.doubts.length > 0 ? 'unknown' : problems.length > 0 ? 'warning' : 'ok';
  const [first] = problems;
  return {
    verdict,
    resource,
    summary: `${nodeName}: ${clauses(files, problems).join('; ')}.`,
    evidence: evidenceOf(found, files, problems),
    ...(verdict === 'critical' && { timeToImpact: 'immediate' }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' }),
    ...(first !== undefined && verdict !== 'unknown' && { remediation: REMEDIATIONS[first.kind] }),
  };
}

function clauses(files: NodeFiles, problems: readonly FileProblem[]): readonly string[] {
  const said = [...problems.map(({ says }) => says), ...files.doubts];
  const more = said.length > MOST_TOLD ? [`and ${said.length - MOST_TOLD} more`] : [];
  if (said.length > 0) return [...said.slice(0, MOST_TOLD), ...more];
  const [first] = files.config.order;
  if (first === undefined || files.missingBinaries.length > 0)
    return ['it is young, and its agent has not written everything yet'];
  return [`${first.name} decides and can be used, and what it needs is there`];
}

function evidenceOf(
  found: ProbedNode,
  { config, missingBinaries, defaultRoute, doubts }: NodeFiles,
  problems: readonly FileProblem[],
) {
  return {
    problems: problems.map(({ kind }) => kind),
    details: [...problems.map(({ says }) => says), ...doubts].slice(0, MOST_LISTED),
    configFiles: config.order
      .slice(0, MOST_LISTED)
      .map(({ name, mode = null, uid = null, size = null }) => ({ name, mode, uid, size })),
    network: config.network?.name ?? null,
    plugins: config.network?.plugins.map(({ type }) => type) ?? null,
    missingBinaries: missingBinaries.slice(0, MOST_LISTED),
    apiServers: Object.fromEntries(found.kubeconfigs.map(({ path, servers }) => [path, [...servers]])),
    bpfMounted: found.bpfFileSystem === undefined ? null : found.bpfFileSystem === 'bpf',
    defaultRoute,
  };
}
