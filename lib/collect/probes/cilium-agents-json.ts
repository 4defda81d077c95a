import type * as z from 'zod';

/** Output of a command in a container, which is untrusted: of the schema's shape, or a clause that says where it is not. */
export function parsedJson<T extends z.ZodType>(
  text: string,
  schema: T,
): { readonly parsed: z.output<T> } | { readonly malformed: string } {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { malformed: text.trim() === '' ? 'it printed nothing' : 'what it printed is not JSON' };
  }
  const { success, data, error } = schema.safeParse(document);
  if (success) return { parsed: data };
  const [issue] = error.issues;
  const where = issue?.path.join('.').slice(0, 100) || 'the top';
  return { malformed: `what it printed is not of the shape that is known, at ${where}` };
}
