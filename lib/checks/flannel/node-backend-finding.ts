import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { NodeBackend } from '#lib/network/flannel/node-backend.ts';
import type { NodeOverlay } from '#lib/network/flannel/node-overlay.ts';

const MOST_LISTED = 20;

/**
 * @param joining whether the node is too young to have told of itself, and to know of the others
 * @param overlay what a probe saw on it; undefined where none looked
 */
export function nodeBackendFinding(
  { node, type, publicIp, vni, problems: told, doubts: notUnderstood }: NodeBackend,
  joining: boolean,
  overlay: NodeOverlay | undefined,
): Judgement {
  const silent = joining && type === undefined;
  const seen = joining ? undefined : overlay;
  const problems = [...(silent ? [] : told), ...(seen?.problems ?? [])];
  const doubts = [...(silent ? [] : notUnderstood), ...(seen?.doubts ?? [])];
  const verdict: Verdict = problems.length > 0 ? 'critical' : doubts.length > 0 ? 'unknown' : 'ok';
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
      problems,
      overlay: overlay ? evidenceOf(overlay) : null,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' }),
  };
}

function evidenceOf({ link, peers, unrouted, unresolved, unforwarded }: NodeOverlay) {
  return {
    link: link ?? null,
    peers,
    unrouted: unrouted.slice(0, MOST_LISTED),
    unresolved: unresolved.slice(0, MOST_LISTED),
    unforwarded: unforwarded?.slice(0, MOST_LISTED) ?? null,
  };
}
