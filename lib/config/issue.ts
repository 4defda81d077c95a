import * as z from 'zod';
import { didYouMean } from '#lib/config/nearest.ts';

/** What the keys of a map are, where they are ids. */
const KINDS: Readonly<Record<string, string>> = { checks: 'check', areas: 'area' };

/** What is wrong at one place of a configuration, and the nearest thing that would be right. */
export function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const valid = keysAt(schema, issue.path);
    const kind = KINDS[String(issue.path.at(-1))] ?? 'key';
    const place = where === '' || where === 'checks' || where === 'areas' ? '' : ` in ${where}`;
    const hint = didYouMean(key, valid) || (valid.length > 0 ? `: valid are ${valid.join(', ')}` : '');
    return `unknown ${kind} "${key}"${place}${hint}`;
  }
  const place = where || 'the top level';
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    const valid = issue.values.map(String);
    return `${place}: "${issue.input}" is not known${didYouMean(issue.input, valid) || `: valid are ${valid.join(', ')}`}`;
  }
  return `${place}: ${lowerFirst(issue.message)}`;
}

/** The keys that the schema takes at a path; none where it takes any. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const objects = path.reduce((here, step) => here.flatMap((each) => inside(each, step)), bare(schema));
  return [...new Set(objects.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : [])))];
}

function inside(schema: unknown, step: PropertyKey): readonly unknown[] {
  if (schema instanceof z.ZodObject) return bare(schema.shape[String(step)]);
  return schema instanceof z.ZodArray ? bare(schema.element) : [];
}

/** Without the wrappers that give defaults or rework the value; each choice of a union. */
function bare(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return bare(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return bare(schema.in);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(bare) : [schema];
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
