import pLimit from 'p-limit';
import { type JsonObject, object, text } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { AccessReview } from '#lib/model/access-review.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { type AgentRight, agentAccount, rightsOf } from '#lib/network/agent-rights.ts';
import { findCnis } from '#lib/network/cni.ts';

const GROUP = 'authorization.k8s.io';
const REVIEWS = { path: `/apis/${GROUP}/v1/subjectaccessreviews`, apiGroup: GROUP, resource: 'subjectaccessreviews' } as const;
/** Fewer than the connection's sockets. */
const AT_ONCE = 4;

/**
 * Asks the API server what the CNIs' agents may do: one question a right. A SubjectAccessReview is created and changes nothing, nor is it
 * kept.
 * Source: Kubernetes documentation, "Authorization", "Checking API access".
 */
export const accessReviews = defineCollector({
  key: 'accessReviews',
  needs: ['cluster', 'daemonSets'],
  optIn: true,
  permissions: { aws: [], kubernetes: [{ apiGroup: GROUP, resources: [REVIEWS.resource], verbs: ['create'] }] },
  async collect({ kubernetesWrites }, { daemonSets }) {
    const questions = findCnis(need(daemonSets, 'daemonSets')).flatMap((cni) =>
      rightsOf(cni).map((right) => ({ account: agentAccount(cni.daemonSet), right })),
    );
    const [first, ...others] = questions;
    if (first === undefined) return [];
    // Alone: where nobody may ask, it is refused once and not for every right.
    const answers = await ask(kubernetesWrites, first);
    const rest = await pLimit(AT_ONCE).map(others, (question) => ask(kubernetesWrites, question));
    return [answers, ...rest].flat();
  },
});

type Account = Pick<AccessReview, 'namespace' | 'serviceAccount'>;

/** A second group is asked for only where the first does not grant it. */
async function ask(
  writer: KubernetesWriter,
  { account, right }: { account: Account; right: AgentRight },
): Promise<AccessReview[]> {
  const reviews: AccessReview[] = [];
  for (const apiGroup of right.apiGroups) {
    const asked = { ...account, verb: right.verb, apiGroup, resource: right.resource };
    const answer = await review(writer, asked);
    reviews.push({ ...asked, ...answer });
    if (answer.allowed) break;
  }
  return reviews;
}

async function review(writer: KubernetesWriter, asked: Omit<AccessReview, 'allowed' | 'unread'>) {
  try {
    return answerOf(await writer.create(REVIEWS, question(asked)));
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.code === 'Forbidden' || error.code === 'Unauthorized') throw error;
    return { unread: error.message };
  }
}

function question({
  namespace,
  serviceAccount,
  verb,
  apiGroup,
  resource: named,
}: Omit<AccessReview, 'allowed' | 'unread'>): JsonObject {
  const [resource, subresource] = named.split('/');
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'SubjectAccessReview',
    spec: {
      user: `system:serviceaccount:${namespace}:${serviceAccount}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      resourceAttributes: { verb, group: apiGroup, resource, ...(subresource === undefined ? {} : { subresource }) },
    },
  };
}

/** Where an authorizer failed, what it did not grant is not known to be denied. */
function answerOf(answer: JsonObject): Pick<AccessReview, 'allowed' | 'unread'> {
  const { allowed, evaluationError } = object(answer['status']);
  if (allowed === true) return { allowed };
  const failed = text(evaluationError);
  if (failed !== undefined) return { unread: `The API server could not evaluate it: ${failed.slice(0, 300)}` };
  return allowed === false ? { allowed } : { unread: 'The API server answered without a status.' };
}
