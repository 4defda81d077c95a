import pLimit from 'p-limit';
import { type JsonObject, object, text } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { KubernetesPermission } from '#lib/model/permissions.ts';
import type { Grant } from '#lib/onboard/grant.ts';

const GROUP = 'authorization.k8s.io';
const RESOURCE = 'selfsubjectaccessreviews';
const REVIEWS = { path: `/apis/${GROUP}/v1/${RESOURCE}`, apiGroup: GROUP, resource: RESOURCE } as const;
/** Fewer than the connection's sockets. */
const AT_ONCE = 4;

/** One question to RBAC. */
interface Right {
  readonly verb: string;
  readonly apiGroup: string;
  /** Plural, with its subresource: `pods/log`. */
  readonly resource: string;
  readonly objectName?: string;
  readonly namespace?: string;
}

export type RbacReview = (permissions: readonly KubernetesPermission[]) => readonly Grant[];

/**
 * Asks the API server whether cniwatch may do what these permissions say, each right once. Every authenticated user may ask that of
 * itself. Source: Kubernetes documentation, "Authorization", "Checking API access" (SelfSubjectAccessReview, system:basic-user).
 * @throws ReadFailure where nobody can be asked
 */
export async function reviewRights(writer: KubernetesWriter, permissions: readonly KubernetesPermission[]): Promise<RbacReview> {
  const rights = new Map(permissions.flatMap(rightsOf).map((right) => [rightName(right), right]));
  const [first, ...others] = rights.values();
  if (first === undefined) return () => [];
  // Alone: where the token is not accepted, that is told once.
  const answers = [await ask(writer, first), ...(await pLimit(AT_ONCE).map(others, (right) => ask(writer, right)))];
  const grants = new Map(answers.map((grant) => [grant.name, grant]));
  return (of) => of.flatMap(rightsOf).flatMap((right) => grants.get(rightName(right)) ?? []);
}

function rightsOf({ apiGroup, resources, resourceNames, namespace, verbs }: KubernetesPermission): Right[] {
  const objectNames = resourceNames ?? [undefined];
  return resources.flatMap((resource) =>
    verbs.flatMap((verb) =>
      objectNames.map((objectName) => ({
        verb,
        apiGroup,
        resource,
        ...(objectName === undefined ? {} : { objectName }),
        ...(namespace === undefined ? {} : { namespace }),
      })),
    ),
  );
}

/** For a reader: `get configmaps coredns in kube-system`. */
function rightName({ verb, apiGroup, resource, objectName, namespace }: Right): string {
  const [kind, subresource] = resource.split('/');
  const of = `${kind}${apiGroup && `.${apiGroup}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${of}${objectName === undefined ? '' : ` ${objectName}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

async function ask(writer: KubernetesWriter, right: Right): Promise<Grant> {
  const name = rightName(right);
  try {
    return { name, kind: 'rbac', ...answerOf(await writer.create(REVIEWS, question(right))) };
  } catch (error) {
    if (!(error instanceof ReadFailure) || /^(Unauthorized|ClusterUnreachable|NoCredentials)$/.test(error.code)) throw error;
    return { name, kind: 'rbac', state: 'unknown', reason: error.message };
  }
}

function question({ verb, apiGroup: group, resource: named, objectName: name, namespace }: Right): JsonObject {
  const [resource, subresource] = named.split('/');
  const resourceAttributes = { verb, group, resource, subresource, name, namespace };
  return { apiVersion: `${GROUP}/v1`, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
}

/** Where an authorizer failed, what it did not grant is not known to be denied. */
function answerOf(answer: JsonObject): Pick<Grant, 'state' | 'reason'> {
  const { allowed, evaluationError } = object(answer['status']);
  if (allowed === true) return { state: 'granted' };
  const failed = text(evaluationError);
  if (failed !== undefined) return { state: 'unknown', reason: `The API server could not evaluate it: ${failed.slice(0, 300)}` };
  return allowed === false ? { state: 'missing' } : { state: 'unknown', reason: 'The API server answered without a status.' };
}
