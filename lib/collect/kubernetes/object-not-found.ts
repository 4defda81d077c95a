import { object, text } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesRequest } from '#lib/collect/kubernetes/kubernetes-failure.ts';

/** The API server serves the kind, and has no object of the name that was asked for. */
export class ObjectNotFound extends Error {
  override readonly name = 'ObjectNotFound';
  constructor({ operation }: KubernetesRequest) {
    super(`${operation}: there is no such object`);
  }
}

/** Whether the Status of a 404 names an object: a path that nobody serves is answered without a name, or by something else. */
export function namesObject(body: string): boolean {
  try {
    const status = object(JSON.parse(body));
    return status['reason'] === 'NotFound' && text(object(status['details'])['name']) !== undefined;
  } catch {
    return false;
  }
}
