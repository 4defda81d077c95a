import { type KubernetesRequest, statusFailure, statusMessage } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** A refused creation or deletion. `body` is the beginning of the answer. */
export function writeFailure(status: number, body: string, request: KubernetesRequest): ReadFailure {
  const said = statusMessage(body);
  const answered = `${request.operation} answered ${status}${said ? `: ${said}` : ''}.`;
  if (status === 403 && / exceeded quota: /.test(said)) {
    return new ReadFailure(
      'Forbidden',
      answered,
      'The quota of the namespace is used up: by another run, or since the configuration asks for more pods than docs/permissions.md shows.',
    );
  }
  // RBAC names the verb that is missing; everything else that says 403 is admission.
  if (status === 403 && said !== '' && !/ cannot \w+ resource /.test(said)) {
    return new ReadFailure(
      'Forbidden',
      answered,
      'An admission policy of the cluster refuses it: allow the shape that docs/permissions.md shows.',
    );
  }
  if (status === 404 && /^namespaces? /.test(said)) {
    return new ReadFailure('NotServed', answered, 'Apply the manifest of docs/permissions.md, which makes the namespace.');
  }
  if (status === 409 && request.verb === 'patch')
    return new ReadFailure(
      'AlreadyExists',
      answered,
      'Somebody else manages these fields: look, and take them over by --force-conflicts.',
    );
  if (status === 409) return new ReadFailure('AlreadyExists', answered, 'Another run may be at work: run again when it is over.');
  if (status === 400 || status === 422)
    return new ReadFailure('UnexpectedResponse', answered, 'Report this as a bug of cniwatch, with this line.');
  return statusFailure(status, body, request);
}
