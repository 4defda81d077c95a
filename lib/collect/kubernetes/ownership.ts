import { type JsonObject, object, objects, text, textMap } from '#lib/collect/kubernetes/json.ts';

/**
 * Annotations that an owner's tool leaves on what it applies.
 * Sources: Helm documentation, "Labels and Annotations"; Argo CD documentation, "Resource Tracking"; Pulumi Kubernetes provider.
 */
const OWNER_ANNOTATION = /^(meta\.helm\.sh|argocd\.argoproj\.io|[a-z]+\.toolkit\.fluxcd\.io|pulumi\.com)\//;

/**
 * The field managers of an object and the annotations of its owner. Managers of a status only report, and change nothing.
 * Source: Kubernetes documentation, "Server-Side Apply", section "Field management".
 */
export function ownership(item: JsonObject): { managers: string[]; ownerAnnotations: Record<string, string> } {
  const { managedFields, annotations } = object(item['metadata']);
  const managers = objects(managedFields).flatMap(({ manager, subresource }) =>
    subresource === 'status' ? [] : (text(manager) ?? []),
  );
  const owners = Object.entries(textMap(annotations)).filter(([key]) => OWNER_ANNOTATION.test(key));
  return { managers: [...new Set(managers)].sort(), ownerAnnotations: Object.fromEntries(owners) };
}
