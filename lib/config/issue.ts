import * as z from 'zod';
import { didYouMean } from '#lib/config/nearest.ts';

/** What is wrong at one place of a configuration, and the nearest thing that would be right. */
export function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const valid = keysAt(schema, issue.path);
    const kind = where === 'checks' ? 'check' : 'key';
    const inside = where === '' || where === 'checks' ? '' : ` in ${where}`;
    const hint = didYouMean(key, valid) || (valid.length > 0 ? `: valid are ${valid.join(', ')}` : '');
    return `unknown ${kind} "${key}"${inside}${hint}`;
  }
  return `${where || 'the top level'}: ${lowerFirst(issue.message)}`;
}

/** The keys that the schema takes at a path; none where it takes any. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: unknown = bare(schema);
  for (const step of path) {
    if (here instanceof z.ZodObject) here = bare(here.shape[String(step)]);
    else if (here instanceof z.ZodArray) here = bare(here.element);
    else return [];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** Without the wrappers that give defaults. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return bare(schema.unwrap());
  }
  return schema;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
