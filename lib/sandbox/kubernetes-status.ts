import type { Answer } from '#lib/sandbox/aws-answer.ts';
import type { Place } from '#lib/sandbox/kubernetes-place.ts';
import type { KubernetesResource } from '#lib/sandbox/world.ts';

export const JSON_HEADERS = { 'content-type': 'application/json' };

/** An API server's refusal, a metav1.Status. */
export function status(code: number, reason: string, message: string, details?: object): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
  return { status: code, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

export const NOT_SERVED = status(404, 'NotFound', 'the server could not find the requested resource');

export function notFound(plural: string, name: string): Answer {
  return status(404, 'NotFound', `${plural} "${name}" not found`, { name, kind: plural });
}

export function forbidden({ apiVersion, plural }: KubernetesResource, { namespace, name }: Place, verb: string): Answer {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return status(
    403,
    'Forbidden',
    `${plural}${name === undefined ? '' : ` "${name}"`} is forbidden: User "cniwatch" cannot ${verb} resource "${plural}" in API group "${group}" ${scope}`,
  );
}
