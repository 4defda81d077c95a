import type * as z from 'zod';
import type { CustomResource } from '#lib/model/kubernetes.ts';

/** Objects of one kind as their reader understands them, and those that it does not: named, since nothing may be left out in silence. */
export interface ParsedObjects<T> {
  readonly objects: readonly (T & { readonly name: string })[];
  /** `IPPool pods: spec.cidr: Invalid input`. */
  readonly malformed: readonly string[];
}

/**
 * Reads the objects of these kinds strictly.
 * @param schema of `{ spec, status }`; what it says of an object is kept together with the object's name
 */
export function parseObjects<T extends object>(
  resources: readonly CustomResource[],
  kinds: readonly string[],
  schema: z.ZodType<T>,
): ParsedObjects<T> {
  const objects: (T & { readonly name: string })[] = [];
  const malformed: string[] = [];
  for (const { kind, name, spec, status } of resources) {
    if (!kinds.includes(kind)) continue;
    const parsed = schema.safeParse({ spec: spec ?? {}, status: status ?? {} });
    if (parsed.success) objects.push({ ...parsed.data, name });
    else malformed.push(`${kind} ${name}: ${firstIssue(parsed.error)}`);
  }
  return { objects, malformed };
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

/** At most three of them, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return `${names.slice(0, most).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
