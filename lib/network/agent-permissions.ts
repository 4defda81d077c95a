import type { AccessReview } from '#lib/model/access-review.ts';
import type { Event } from '#lib/model/kubernetes.ts';
import { type AgentRight, agentAccount, rightsOf } from '#lib/network/agent-rights.ts';
import type { Cni } from '#lib/network/cni.ts';

/** A right that an agent has not got, and what tells so. */
export interface MissingRight {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  /** A clause; absent where it is no right that every version needs. */
  readonly without?: string;
  readonly vital: boolean;
  readonly toldBy: 'access-review' | 'event';
}

export interface AgentPermissions {
  /** Rights that were asked for. */
  readonly needed: number;
  readonly missing: readonly MissingRight[];
  /** Rights of which there is no answer, as `list pods`. */
  readonly unanswered: readonly string[];
}

/** What the API server answered of one agent's rights. */
export function reviewed(cni: Cni, reviews: readonly AccessReview[]): AgentPermissions {
  const { namespace, serviceAccount } = agentAccount(cni.daemonSet);
  const own = reviews.filter((review) => review.namespace === namespace && review.serviceAccount === serviceAccount);
  const needed = rightsOf(cni);
  const missing: MissingRight[] = [];
  const unanswered: string[] = [];
  for (const right of needed) {
    const answers = right.apiGroups.map((apiGroup) => own.find((review) => isOf(review, right, apiGroup))?.allowed);
    if (answers.includes(true)) continue;
    if (answers.includes(undefined)) unanswered.push(rightName({ ...right, apiGroup: right.apiGroups[0] ?? '' }));
    else missing.push({ ...pick(right), toldBy: 'access-review' });
  }
  return { needed: needed.length, missing, unanswered };
}

function isOf(review: AccessReview, { verb, resource }: AgentRight, apiGroup: string): boolean {
  return review.verb === verb && review.resource === resource && review.apiGroup === apiGroup;
}

function pick({ verb, apiGroups, resource, without, vital }: AgentRight): Omit<MissingRight, 'toldBy'> {
  return { verb, apiGroup: apiGroups[0] ?? '', resource, without, vital };
}

/** The words of an API server's authorizer. Source: kubernetes apiserver pkg/endpoints/handlers/responsewriters/errors.go. */
const FORBIDDEN = /User "system:serviceaccount:([^:"]+):([^"]+)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"/g;

/** Rights of which events say that they were refused to the agent. */
export function refusedByEvents(cni: Cni, events: readonly Event[]): readonly MissingRight[] {
  const account = agentAccount(cni.daemonSet);
  const rights = rightsOf(cni);
  const refused = new Map<string, MissingRight>();
  for (const { message } of events) {
    for (const [, namespace, serviceAccount, verb = '', resource = '', apiGroup = ''] of message.matchAll(FORBIDDEN)) {
      if (namespace !== account.namespace || serviceAccount !== account.serviceAccount) continue;
      const known = rights.find(
        (right) => right.verb === verb && right.resource === resource && right.apiGroups.includes(apiGroup),
      );
      const right = known === undefined ? { vital: false } : { without: known.without, vital: known.vital };
      refused.set(rightName({ verb, resource, apiGroup }), { verb, resource, apiGroup, ...right, toldBy: 'event' });
    }
  }
  return [...refused.values()];
}

/** `list pods`, `patch cninodes.vpcresources.k8s.aws`: as `kubectl auth can-i` takes it. */
export function rightName({ verb, resource, apiGroup }: Pick<MissingRight, 'verb' | 'resource' | 'apiGroup'>): string {
  const [plural = '', subresource] = resource.split('/');
  const named = apiGroup === '' ? plural : `${plural}.${apiGroup}`;
  return `${verb} ${named}${subresource === undefined ? '' : `/${subresource}`}`;
}
