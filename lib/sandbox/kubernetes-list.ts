import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { JSON_HEADERS, status } from '#lib/sandbox/kubernetes-status.ts';
import { pageStart, pageToken } from '#lib/sandbox/page-token.ts';
import { fieldSelector, labelSelector, unsupportedField } from '#lib/sandbox/selectors.ts';
import type { KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';

/** Objects written once: a list of 30,000 pods is asked for again and again. */
const written = new WeakMap<KubernetesObject, string>();

/** As an element of a list: built-in kinds leave out what the list says already, custom ones do not. */
function write(item: KubernetesObject, builtIn: boolean): string {
  let text = written.get(item);
  if (text === undefined) {
    const { apiVersion: _, kind: __, ...rest } = item;
    text = JSON.stringify(builtIn ? rest : item);
    written.set(item, text);
  }
  return text;
}

/** Groups of Kubernetes itself have no dot, or end in k8s.io. */
function isBuiltIn(apiVersion: string): boolean {
  const [group = ''] = apiVersion.split('/');
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** One page of a list, as the API server pages. */
export function list(resource: KubernetesResource, namespace: string | undefined, parameters: URLSearchParams): Answer {
  const { items, apiVersion, kind, plural } = resource;
  const selector = parameters.get('fieldSelector');
  const unsupported = unsupportedField(kind, selector);
  if (unsupported !== undefined) {
    return status(
      400,
      'BadRequest',
      `Unable to find "${plural}" that match field selector "${selector}": field label not supported: ${unsupported}`,
    );
  }
  const chosen = choose(items, namespace, parameters);
  const limit = limitOf(parameters) ?? chosen.length;
  const start = pageStart(parameters.get('continue') || null);
  if (start === undefined) return status(400, 'BadRequest', 'continue key is not valid');
  if (start > chosen.length) {
    return status(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result.');
  }
  const end = Math.min(start + limit, chosen.length);
  const metadata = {
    resourceVersion: '1',
    ...(end < chosen.length
      ? {
          continue: pageToken(end),
          // The API server does not count what a selector has still to find.
          ...(isSelected(parameters) ? {} : { remainingItemCount: chosen.length - end }),
        }
      : {}),
  };
  const builtIn = isBuiltIn(apiVersion);
  const page = chosen.slice(start, end).map((item) => write(item, builtIn));
  const head = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata });
  return { status: 200, headers: JSON_HEADERS, body: `${head.slice(0, -1)},"items":[${page.join(',')}]}` };
}

function choose(
  items: readonly KubernetesObject[],
  namespace: string | undefined,
  parameters: URLSearchParams,
): readonly KubernetesObject[] {
  if (namespace === undefined && !isSelected(parameters)) return items;
  const ofField = fieldSelector(parameters.get('fieldSelector'));
  const ofLabel = labelSelector(parameters.get('labelSelector'));
  return items.filter(
    (item) => (namespace === undefined || item.metadata.namespace === namespace) && ofField(item) && ofLabel(item),
  );
}

function isSelected(parameters: URLSearchParams): boolean {
  return parameters.has('fieldSelector') || parameters.has('labelSelector');
}

/** Undefined where all are asked for. */
function limitOf(parameters: URLSearchParams): number | undefined {
  const limit = Number(parameters.get('limit') ?? 0);
  return limit > 0 ? limit : undefined;
}
