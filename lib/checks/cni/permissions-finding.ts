import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import {
  type AgentPermissions,
  type MissingRight,
  refusedByEvents,
  reviewed,
  rightName,
} from '#lib/network/agent-permissions.ts';
import { agentAccount } from '#lib/network/agent-rights.ts';
import type { Cni } from '#lib/network/cni.ts';
import { concernsTagsAlone, type IamDenials, iamDenials } from '#lib/network/iam-denials.ts';

const MOST_NODES = 20;
const MOST_COMMANDS = 5;

export interface PermissionsJudging extends Pick<Slices, 'events' | 'accessReviews'> {
  readonly pods: readonly Pod[];
  /** ISO 8601: events before do not count. */
  readonly since: string;
}

interface Known {
  readonly rbac: 'asked' | 'asked-in-part' | 'not-asked' | 'failed';
  readonly permissions: AgentPermissions | undefined;
  readonly missing: readonly MissingRight[];
  readonly denials: IamDenials | undefined;
  /** What was not read, as clauses. */
  readonly gaps: readonly string[];
}

export function permissionsFinding(cni: Cni, judging: PermissionsJudging): Judgement {
  const { namespace, name } = cni.daemonSet;
  const { serviceAccount } = agentAccount(cni.daemonSet);
  const account = `${namespace}/${serviceAccount}`;
  const known = knownOf(cni, judging);
  const { missing, denials } = known;
  const verdict = verdictOf(known);
  return {
    verdict,
    resource: { kind: 'daemonset', id: `${namespace}/${name}`, name },
    summary: `${[...rightClauses(known, `${namespace}/${name} (${cni.kind})`, account), ...iamClauses(known), ...known.gaps].join('; ')}.`,
    evidence: {
      cni: cni.kind,
      serviceAccount: account,
      rbac: known.rbac,
      rights: known.permissions?.needed ?? null,
      missing: missing.map(({ vital: _, without, ...right }) => ({ ...right, without: without ?? null })),
      unanswered: [...(known.permissions?.unanswered ?? [])],
      confirm: missing
        .slice(0, MOST_COMMANDS)
        .map((right) => `kubectl auth can-i ${rightName(right)} -A --as=system:serviceaccount:${namespace}:${serviceAccount}`),
      iamActions: [...(denials?.actions ?? [])],
      iamEvents: denials?.count ?? 0,
      nodes: denials?.nodes.slice(0, MOST_NODES) ?? [],
      lastSeen: denials?.lastSeen || null,
      sampleMessage: denials?.sampleMessage ?? null,
    },
    ...(verdict === 'critical' && {
      timeToImpact: missing.some(({ vital }) => vital) ? ('minutes' as const) : ('hours' as const),
    }),
    ...(verdict === 'warning' && { timeToImpact: 'days' as const }),
    ...(missing.length > 0 && { remediation: 'reapply-cni' }),
  };
}

function knownOf(cni: Cni, { events, accessReviews, pods, since }: PermissionsJudging): Known {
  const recent = events.ok ? events.data.filter(({ lastSeen = '' }) => lastSeen >= since) : [];
  const permissions = accessReviews.ok ? reviewed(cni, accessReviews.data) : undefined;
  const told = permissions?.missing ?? [];
  const refused = refusedByEvents(cni, recent).filter((right) => permissions === undefined || !isAnswered(right, permissions));
  const off = !accessReviews.ok && accessReviews.code === 'NotEnabled';
  return {
    rbac:
      permissions === undefined ? (off ? 'not-asked' : 'failed') : permissions.unanswered.length > 0 ? 'asked-in-part' : 'asked',
    permissions,
    missing: [...told, ...refused],
    denials: iamDenials(cni, recent, pods),
    gaps: [
      ...(accessReviews.ok || off ? [] : [`its RBAC was not read (${asClause(accessReviews.reason)})`]),
      ...(events.ok ? [] : [`events were not read (${asClause(events.reason)})`]),
    ],
  };
}

/** The API server's answer of now is worth more than an event of before. */
function isAnswered(right: MissingRight, { unanswered }: AgentPermissions): boolean {
  return right.without !== undefined && !unanswered.includes(rightName(right));
}

function verdictOf({ missing, denials, gaps, permissions }: Known): Verdict {
  if (missing.some(({ vital }) => vital) || (denials !== undefined && !concernsTagsAlone(denials))) return 'critical';
  if (missing.length > 0 || denials !== undefined) return 'warning';
  return gaps.length > 0 || (permissions?.unanswered.length ?? 0) > 0 ? 'unknown' : 'ok';
}

function rightClauses({ permissions, missing, rbac }: Known, agent: string, account: string): readonly string[] {
  const lacks = missing.map(
    (right) => `${rightName(right)}${right.without === undefined ? '' : ` (without it, ${right.without})`}`,
  );
  const unanswered = permissions?.unanswered.length ?? 0;
  const open = unanswered > 0 ? [`of ${plural(unanswered, 'right')} there is no answer`] : [];
  if (lacks.length > 0) {
    const more = lacks.length > 3 ? `, and ${lacks.length - 3} more` : '';
    return [`${agent} runs as ${account}, which may not ${lacks.slice(0, 3).join(', nor ')}${more}`, ...open];
  }
  if (permissions !== undefined) {
    const granted = permissions.needed - unanswered;
    return [
      `${agent} runs as ${account}, which has ${granted} of the ${plural(permissions.needed, 'right')} that it needs`,
      ...open,
    ];
  }
  const asked = rbac === 'not-asked' ? ', and its RBAC was not asked for (source accessReviews)' : '';
  return [`No event tells that ${agent}, as ${account}, was refused anything by the API server${asked}`];
}

function iamClauses({ denials }: Known): readonly string[] {
  if (denials === undefined) return [];
  const what = denials.actions.length > 0 ? denials.actions.join(', ') : 'an action that the events do not name';
  return [
    `AWS refused ${what} (${plural(denials.count, 'event')} on ${plural(denials.nodes.length, 'node')}, last at ${denials.lastSeen})`,
  ];
}
