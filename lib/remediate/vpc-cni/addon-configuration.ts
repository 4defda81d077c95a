import { parse, stringify } from 'yaml';
import { deepMerge, isRecord, type JsonRecord } from '#lib/remediate/deep-merge.ts';

export type MergedConfiguration =
  | { readonly kind: 'merged'; readonly text: string; readonly losesComments: boolean }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * An add-on's stored configuration with these variables of its agent on top, in the language in which it was stored. The document that
 * UpdateAddon is given replaces the stored one, and its variables have to be strings.
 * Source: Amazon EKS API Reference, UpdateAddon, `configurationValues`; Amazon EKS User Guide, "Determine fields you can customize".
 * @param stored JSON or YAML; undefined where nothing is configured
 */
export function withEnvironment(stored: string | undefined, env: Readonly<Record<string, string>>): MergedConfiguration {
  const read = readConfiguration(stored);
  if ('reason' in read) return { kind: 'unreadable', reason: read.reason };
  if ('env' in read.values && read.values['env'] !== null && !isRecord(read.values['env']))
    return { kind: 'unreadable', reason: 'its `env` is no object' };
  const merged = deepMerge(read.values, { env });
  return read.language === 'json'
    ? { kind: 'merged', text: JSON.stringify(merged), losesComments: false }
    : { kind: 'merged', text: stringify(merged), losesComments: /(^|\s)#/.test(stored ?? '') };
}

type Read = { readonly language: 'json' | 'yaml'; readonly values: JsonRecord } | { readonly reason: string };

function readConfiguration(stored: string | undefined): Read {
  if (stored === undefined || stored.trim() === '') return { language: 'json', values: {} };
  try {
    const values: unknown = JSON.parse(stored);
    return isRecord(values) ? { language: 'json', values } : { reason: 'it is no object' };
  } catch {
    return readYaml(stored);
  }
}

function readYaml(stored: string): Read {
  try {
    const values: unknown = parse(stored);
    if (values === null) return { language: 'yaml', values: {} };
    return isRecord(values) ? { language: 'yaml', values } : { reason: 'it is no object' };
  } catch (error) {
    return { reason: (error as Error).message.split('\n', 1)[0] ?? 'it is neither JSON nor YAML' };
  }
}
