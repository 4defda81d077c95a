import { type KubernetesRequest, statusFailure, statusMessage } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { ReadFailure } from '#lib/model/failure.ts';

const REMEDY =
  "See whether the pod runs and listens on that port, and whether the nodes' security groups let the control plane reach it.";

/**
 * An answer other than 200 from behind the API server's proxy. Only the API server itself refuses in a Status document; whatever the
 * pod answers comes through as it is, and says nothing of anybody's permissions.
 */
export function proxiedFailure(status: number, body: string, request: KubernetesRequest): ReadFailure {
  if (status === 401 || (status === 403 && isStatus(body))) return statusFailure(status, body, request);
  const said = statusMessage(body);
  return new ReadFailure('ServiceError', `${request.operation} answered ${status}${said ? `: ${said}` : ''}.`, REMEDY);
}

/** What is behind the proxy took the connection, or the packets to it are dropped, and no word came. */
export function silent({ operation }: KubernetesRequest, milliseconds: number): ReadFailure {
  return new ReadFailure('DeadlineExceeded', `${operation} was not answered within ${milliseconds / 1000} s.`, REMEDY);
}

export function brokenOff({ operation }: KubernetesRequest): ReadFailure {
  return new ReadFailure('TruncatedResponse', `The answer to ${operation} broke off.`, REMEDY);
}

function isStatus(body: string): boolean {
  return /"kind"\s*:\s*"Status"/.test(body);
}
