import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { JSON_HEADERS, status } from '#lib/sandbox/kubernetes-status.ts';
import type { WorldCluster } from '#lib/sandbox/world.ts';

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const OWN_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
}

/**
 * Answers a SubjectAccessReview: everything is allowed but what the world refuses to a service account. Nothing is kept.
 * Source: Kubernetes API reference, "SubjectAccessReview v1".
 * @returns undefined for another path
 */
export function reviewAccess(cluster: WorldCluster, path: string, body: string): Answer | undefined {
  if (path !== PATH) return undefined;
  if (cluster.forbidden?.includes('create subjectaccessreviews'))
    return status(
      403,
      'Forbidden',
      'subjectaccessreviews.authorization.k8s.io is forbidden: User "cniwatch" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope',
    );
  const review = JSON.parse(body) as { spec: { user: string; resourceAttributes: Attributes } };
  const { user, resourceAttributes } = review.spec;
  const account = user.replace('system:serviceaccount:', '').replace(':', '/');
  const allowed = !(cluster.refusedTo?.[account] ?? []).includes(nameOf(resourceAttributes));
  const reason = allowed ? 'RBAC: allowed by ClusterRoleBinding "agents" of ClusterRole "agents"' : '';
  return { status: 201, headers: JSON_HEADERS, body: JSON.stringify({ ...review, status: { allowed, reason } }) };
}

/**
 * Answers a SelfSubjectAccessReview, which anybody may ask: everything is allowed but what the world refuses to cniwatch.
 * Source: Kubernetes API reference, "SelfSubjectAccessReview v1".
 * @returns undefined for another path
 */
export function reviewOwnAccess({ forbidden = [] }: WorldCluster, path: string, body: string): Answer | undefined {
  if (path !== OWN_PATH) return undefined;
  const review = JSON.parse(body) as { spec: { resourceAttributes: Attributes } };
  const { verb, group = '', resource, subresource } = review.spec.resourceAttributes;
  const plural = subresource === undefined ? resource : `${resource}/${subresource}`;
  const allowed = ![plural, `${plural}.${group}`, `${verb} ${plural}`].some((refused) => forbidden.includes(refused));
  return { status: 201, headers: JSON_HEADERS, body: JSON.stringify({ ...review, status: { allowed } }) };
}

function nameOf({ verb, group = '', resource, subresource }: Attributes): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}
