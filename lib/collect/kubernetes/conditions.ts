import { message, objects, present, text } from '#lib/collect/kubernetes/json.ts';
import type { Condition } from '#lib/model/kubernetes.ts';

/** `status.conditions` of a node, a pod or a custom resource; `shared` keeps one copy of texts that repeat. */
export function conditions(
  value: unknown,
  shared: <T extends string | undefined>(value: T) => T = (value) => value,
): Condition[] {
  return objects(value).flatMap((condition) => {
    const type = text(condition['type']);
    const status = text(condition['status']);
    if (type === undefined || status === undefined) return [];
    return [
      {
        type: shared(type),
        status: shared(status),
        ...present({
          reason: shared(text(condition['reason']) || undefined),
          message: shared(message(condition['message']) || undefined),
          lastTransitionTime: shared(text(condition['lastTransitionTime'])),
        }),
      },
    ];
  });
}
