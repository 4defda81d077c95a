import { type JsonObject, needed, object, objects, present, text, textMap, texts } from '#lib/collect/kubernetes/json.ts';
import type { LabelSelector } from '#lib/model/kubernetes.ts';

export interface Metadata {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly annotations: JsonObject;
  readonly createdAt: string;
}

/** `namespace` is empty for cluster-scoped objects. @throws ReadFailure UnexpectedResponse where an object has no name */
export function metadata(item: JsonObject): Metadata {
  const meta = object(item['metadata']);
  return {
    namespace: text(meta['namespace']) ?? '',
    name: needed(text(meta['name']), 'metadata.name'),
    labels: textMap(meta['labels']),
    annotations: object(meta['annotations']),
    createdAt: text(meta['creationTimestamp']) ?? '',
  };
}

/** Undefined where the API left the selector out: that is not the empty selector, which matches everything. */
export function selector(value: unknown): LabelSelector | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { matchLabels, matchExpressions } = object(value);
  return present({
    matchLabels: matchLabels === undefined ? undefined : textMap(matchLabels),
    matchExpressions: matchExpressions === undefined ? undefined : objects(matchExpressions).map(expression),
  });
}

function expression(value: JsonObject): { key: string; operator: string; values?: string[] } {
  return {
    key: needed(text(value['key']), 'matchExpressions.key'),
    operator: needed(text(value['operator']), 'matchExpressions.operator'),
    ...(Array.isArray(value['values']) ? { values: texts(value['values']) } : {}),
  };
}
