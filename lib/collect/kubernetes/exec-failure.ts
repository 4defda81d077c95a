import type { AccessAdvice } from '#lib/collect/kubernetes/access.ts';
import {
  bounded,
  type KubernetesRequest,
  statusFailure,
  statusMessage,
  unreachable,
} from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** What was to be run where. */
export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly server: string;
  readonly advice: AccessAdvice;
}

const KUBELET =
  'See whether the node is up, and whether its security groups let the control plane reach its kubelet (TCP 10250).';

const what = ({ command, namespace, pod }: ExecRequest) => `\`${command.join(' ')}\` in ${namespace}/${pod}`;

/** An HTTP answer in place of the WebSocket. `body` is its beginning. */
export function refusedExec(status: number, body: string, request: ExecRequest): ReadFailure {
  const said = statusMessage(body);
  const answered = `${what(request)} was answered ${status}${said ? `: ${said}` : ''}.`;
  if (status === 403) {
    const grant = `Grant the verbs get and create on pods/exec in the namespace ${request.namespace}, as docs/permissions.md shows.`;
    // Without the verb create, an API server from 1.35 on says `pods "x" is forbidden:` and no more.
    const byPolicy = said !== '' && !/ cannot \w+ resource | is forbidden:$/.test(said);
    return new ReadFailure('Forbidden', answered, byPolicy ? 'An admission policy of the cluster refuses it.' : grant);
  }
  if (status === 404) return new ReadFailure('NotServed', answered, 'Run again: the pod may have been replaced meanwhile.');
  if (status === 400) return containerGone(said, request);
  if (status >= 500) return new ReadFailure('ServiceError', answered, KUBELET);
  return statusFailure(status, body, kubernetesRequest(request));
}

/** The pod has no such container, or it does not run. */
export function containerGone(said: string, request: ExecRequest): ReadFailure {
  return new ReadFailure(
    'NotServed',
    `${what(request)} found no running container ${request.container}: ${bounded(said)}.`,
    'See what became of the container: kubectl describe pod, kubectl logs --previous.',
  );
}

/** The kubelet or the container's runtime could not run it, or lost it. */
export function execFailed(said: string, request: ExecRequest): ReadFailure {
  return new ReadFailure('ServiceError', `${what(request)} could not be run: ${bounded(said)}.`, KUBELET);
}

export function notOver(request: ExecRequest, milliseconds: number): ReadFailure {
  return new ReadFailure('DeadlineExceeded', `${what(request)} was not over within ${milliseconds / 1000} s.`, KUBELET);
}

export function cutShort(request: ExecRequest): ReadFailure {
  return new ReadFailure('TruncatedResponse', `${what(request)} was cut off before it was over.`, KUBELET);
}

export function overflow(request: ExecRequest, limit: number): ReadFailure {
  return new ReadFailure(
    'UnexpectedResponse',
    `${what(request)} wrote more than the ${limit} bytes that are read.`,
    'Run it by hand: it is not what cniwatch asked for.',
  );
}

/** No socket came about: the network, or something between that knows no WebSockets. */
export function notOpened(error: Error & { code?: string }, request: ExecRequest): ReadFailure {
  if (error.code !== undefined) return unreachable(error, kubernetesRequest(request));
  return new ReadFailure(
    'UnexpectedResponse',
    `${what(request)}: no WebSocket was opened (${bounded(error.message)}).`,
    'Look for a proxy between cniwatch and the API server that knows no WebSockets.',
  );
}

function kubernetesRequest(request: ExecRequest): KubernetesRequest {
  const { server, advice } = request;
  return { operation: what(request), apiGroup: '', resource: 'pods/exec', verb: 'create', server, advice };
}
