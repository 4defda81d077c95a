import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { NodeBackend } from '#lib/network/flannel/node-backend.ts';

/** @param joining whether the node is too young to have told of itself */
export function nodeBackendFinding({ node, type, publicIp, vni, problems, doubts }: NodeBackend, joining: boolean): Judgement {
  const silent = joining && type === undefined;
  const verdict: Verdict = silent ? 'ok' : problems.length > 0 ? 'critical' : doubts.length > 0 ? 'unknown' : 'ok';
  const tells = type === undefined ? `${node.name} tells nothing of its backend` : `${node.name} tells ${type} at ${publicIp}`;
  return {
    verdict,
    resource: { kind: 'node', id: node.name, name: node.name },
    summary: `${[tells, ...(silent ? ['it is young'] : [...problems, ...doubts])].join('; ')}.`,
    evidence: {
      backendType: type ?? null,
      publicIp: publicIp ?? null,
      vni: vni ?? null,
      internalIps: [...node.internalIps],
      problems: silent ? [] : [...problems],
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' }),
  };
}
