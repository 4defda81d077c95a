import type { AccessAdvice } from '#lib/collect/kubernetes/access.ts';
import { object, text } from '#lib/collect/kubernetes/json.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** What was asked of the API server when it failed. */
export interface KubernetesRequest {
  /** As it is counted: `GET /api/v1/pods`. */
  readonly operation: string;
  readonly apiGroup: string;
  /** Plural, as in RBAC. */
  readonly resource: string;
  /** As in RBAC; `list` unless said. */
  readonly verb?: 'get' | 'create' | 'patch' | 'delete';
  /** scheme and host of the server. */
  readonly server: string;
  readonly advice: AccessAdvice;
}

const PROXY = 'Look for a proxy, a sign-in page or a wrong server URL between cniwatch and the API server.';

/** An answer with a status other than 200. `body` is its beginning. */
export function statusFailure(status: number, body: string, request: KubernetesRequest): ReadFailure {
  const { operation, apiGroup, resource, verb = 'list', advice } = request;
  const said = statusMessage(body);
  const answered = `${operation} answered ${status}${said ? `: ${said}` : ''}`;
  if (status === 401)
    return new ReadFailure('Unauthorized', `The API server does not know who asks: ${answered}.`, advice.unauthorized);
  if (status === 403) {
    const grant = `Grant the verb ${verb} on ${resource}${apiGroup ? ` (API group ${apiGroup})` : ''} in the ClusterRole that cniwatch's group is bound to.`;
    return new ReadFailure('Forbidden', `${answered}.`, grant);
  }
  if (status === 404)
    return new ReadFailure(
      'NotServed',
      `The API server does not serve ${resource}: ${answered}.`,
      'Check the server URL, and that the cluster runs a supported Kubernetes version.',
    );
  if (status === 410)
    return new ReadFailure(
      'ListExpired',
      `${answered}, again and again: the list ages faster than it can be read.`,
      "Run again; if it stays, look at the load of the API server's store.",
    );
  if (status === 429)
    return new ReadFailure(
      'Throttled',
      `${answered}, on every attempt.`,
      'Run again later; API Priority and Fairness of the cluster says who is limited.',
    );
  if (status >= 500)
    return new ReadFailure(
      'ServiceError',
      `${answered}, on every attempt.`,
      'Look at the health of the API server (EKS console, control plane logs) and run again.',
    );
  return new ReadFailure('UnexpectedResponse', `${answered}.`, PROXY);
}

/** An answer that is no JSON by its own account. */
export function notJson(contentType: string, body: string, { operation }: KubernetesRequest): ReadFailure {
  const words = body
    .replace(/<[^>]*>?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
  const what = contentType || 'no content type';
  return new ReadFailure(
    'UnexpectedResponse',
    `${operation} was answered with ${what} instead of JSON${words ? `: "${words}"` : ''}.`,
    PROXY,
  );
}

/** JSON that is no list, or broken. */
export function notAList(detail: string, { operation }: KubernetesRequest): ReadFailure {
  return new ReadFailure('UnexpectedResponse', `${operation} was not answered with a list: ${bounded(detail)}.`, PROXY);
}

/** More than any such answer has. */
export function tooLong({ operation }: KubernetesRequest, limit: number): ReadFailure {
  return new ReadFailure(
    'UnexpectedResponse',
    `The answer to ${operation} has more than the ${limit} bytes that are read.`,
    'Look at what answers there: it is not what cniwatch asked for.',
  );
}

export function cutOff({ operation }: KubernetesRequest): ReadFailure {
  return new ReadFailure(
    'TruncatedResponse',
    `The answer to ${operation} was cut off in the middle, on every attempt.`,
    'Run again; if it stays, look for a proxy or load balancer that limits time or size.',
  );
}

/** The connection did not come about. */
export function unreachable(error: Error & { code?: string }, { server, advice }: KubernetesRequest): ReadFailure {
  const why = bounded(error.message || error.code || error.name);
  const isTls = /CERT|TLS|SSL|SIGNATURE|ALTNAME/.test(error.code ?? '');
  const remedy = isTls
    ? 'Check the certificate authority: of the EKS cluster, or of the kubeconfig (certificate-authority-data, tls-server-name).'
    : advice.unreachable;
  return new ReadFailure('ClusterUnreachable', `The API server ${server} cannot be reached: ${why}.`, remedy, { cause: error });
}

/** `message` of a Kubernetes Status, or the first words of whatever it is. */
export function statusMessage(body: string): string {
  try {
    return bounded(text(object(JSON.parse(body))['message']) ?? '');
  } catch {
    return bounded(body.replace(/<[^>]*>?/g, ' ')).slice(0, 80);
  }
}

/** One line of it, without a full stop. */
export function bounded(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}
