import { COLLECTORS } from '#lib/collect/collectors.ts';
import { gatherPermissions } from '#lib/collect/permissions.ts';
import type { CheckDeclaration } from '#lib/model/check.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { SliceKey } from '#lib/model/snapshot.ts';
import { code, list, section } from './markdown.ts';

/** What a check reads, and the grants that reading takes: those of its inputs' collectors and of what these need in turn. */
export function inputsSection({ inputs, optional }: CheckDeclaration): string {
  if (inputs.length + optional.length === 0) return '';
  const permissions = gatherPermissions(collectedFor([...inputs, ...optional]).map((key) => COLLECTORS[key].permissions));
  return section(
    'Inputs and grants',
    `Needed, or the answer is \`unknown\`: ${inputs.map(code).join(', ')}.`,
    optional.length > 0 ? `Used where they were read: ${optional.map(code).join(', ')}.` : '',
    ...grants(permissions),
  );
}

function collectedFor(keys: readonly SliceKey[]): readonly SliceKey[] {
  const all = new Set<SliceKey>();
  const add = (key: SliceKey): void => {
    if (all.has(key)) return;
    all.add(key);
    COLLECTORS[key].needs.forEach(add);
  };
  keys.forEach(add);
  return [...all];
}

function grants({ aws, kubernetes }: Permissions): readonly string[] {
  const rules = kubernetes.map(({ apiGroup, resources, resourceNames, verbs }) => {
    const named = resourceNames === undefined ? '' : ` named ${resourceNames.map(code).join(', ')}`;
    const group = apiGroup === '' ? 'the core group' : code(apiGroup);
    return `${verbs.map(code).join(', ')} ${resources.map(code).join(', ')} of ${group}${named}`;
  });
  return [
    ...(aws.length > 0 ? ['IAM actions:', list(aws.map(({ action }) => code(action)))] : []),
    ...(rules.length > 0 ? ['Kubernetes RBAC:', list(rules)] : []),
  ];
}
