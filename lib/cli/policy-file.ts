import { readFile } from 'node:fs/promises';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { fromManifest, POLICY_API_VERSION, policyManifest } from '#lib/cli/policy-manifest.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { explainIssue } from '#lib/config/issue.ts';
import { placeOfKey, placeOfValue } from '#lib/config/locate.ts';
import { ConfigInvalid, type ConfigProblem } from '#lib/config/problem.ts';
import type { NetworkPolicy } from '#lib/model/kubernetes.ts';

/**
 * The NetworkPolicies of a manifest: any number of documents, and Lists of them.
 * @throws UsageError where the file cannot be read; ConfigInvalid for what it says, by line, document and field
 */
export async function readPolicies(file: string): Promise<readonly NetworkPolicy[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the policies ${file} cannot be read (${error.code})`);
  });
  return parsePolicies(text, file);
}

export function parsePolicies(text: string, file: string): readonly NetworkPolicy[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents = 'empty' in parsed ? [] : parsed;
  const read = documents.flatMap((document, at) => readDocument(document, { lines, number: at + 1 }));
  const problems = [...read.flatMap((one) => ('problems' in one ? one.problems : [])), ...repeated(read)];
  if (problems.length > 0) throw new ConfigInvalid(file, problems);
  const policies = read.flatMap((one) => ('policy' in one ? [one.policy] : []));
  if (policies.length === 0) throw new UsageError(`${file} holds no NetworkPolicy`);
  return policies;
}

interface Place {
  readonly lines: LineCounter;
  /** Of the document, from 1. */
  readonly number: number;
}

type Read =
  | { readonly policy: NetworkPolicy; readonly at: { readonly line: number; readonly column: number } }
  | { readonly problems: readonly ConfigProblem[] };

function readDocument(document: Document.Parsed, { lines, number }: Place): readonly Read[] {
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { line, column: col, message: `document ${number} is not valid YAML: ${error.message}` };
    });
    return [{ problems }];
  }
  let value: unknown;
  try {
    value = plainValue(document);
  } catch (error) {
    // yaml refuses aliases that unfold without bounds, and those that name no anchor.
    const message = `document ${number} is not usable YAML: ${(error as Error).message}`;
    return [{ problems: [{ ...placeOfValue(document, lines, []), message }] }];
  }
  if (value === undefined) return [];
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  const isList = (kind === 'List' || kind === 'NetworkPolicyList') && Array.isArray(items);
  const found = isList ? items.map((item, at) => ({ value: item as unknown, path: ['items', at] })) : [{ value, path: [] }];
  return found.map((one) => readPolicy(one.value, { document, lines, number, path: one.path }));
}

/** Without the fields that are null: to the API server they are as if they were not there. */
function plainValue(document: Document.Parsed): unknown {
  const withoutNulls = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(withoutNulls);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).flatMap(([key, of]) => (of === null ? [] : [[key, withoutNulls(of)]])));
  };
  return withoutNulls(document.toJS({ maxAliasCount: 100 })) ?? undefined;
}

interface PolicyPlace extends Place {
  readonly document: Document.Parsed;
  readonly path: readonly PropertyKey[];
}

function readPolicy(value: unknown, { document, lines, number, path }: PolicyPlace): Read {
  const at = placeOfValue(document, lines, path);
  const { kind, apiVersion, metadata } = (value ?? {}) as Partial<Record<'kind' | 'apiVersion' | 'metadata', unknown>>;
  const { name } = (metadata ?? {}) as { readonly name?: unknown };
  const where = `document ${number}${path.length > 0 ? `, item ${Number(path[1]) + 1}` : ''}`;
  if (kind !== 'NetworkPolicy' || apiVersion !== POLICY_API_VERSION) {
    const what = typeof kind === 'string' ? `a ${kind} of ${String(apiVersion)}` : 'no object of Kubernetes';
    return { problems: [{ ...at, message: `${where} is ${what}, and only NetworkPolicies of ${POLICY_API_VERSION} are tried` }] };
  }
  const parsed = policyManifest.safeParse(value);
  if (parsed.success) return { policy: fromManifest(parsed.data), at };
  const whose = `${where}${typeof name === 'string' ? ` (${name})` : ''}`;
  const problems = parsed.error.issues.map((issue) => ({
    ...(issue.code === 'unrecognized_keys'
      ? placeOfKey(document, lines, [...path, ...issue.path], issue.keys[0] ?? '')
      : placeOfValue(document, lines, [...path, ...issue.path])),
    message: `${whose}: ${explainIssue(issue, policyManifest)}`,
  }));
  return { problems };
}

/** One policy of a name: the second would replace the first. */
function repeated(read: readonly Read[]): readonly ConfigProblem[] {
  const seen = new Set<string>();
  return read.flatMap((one) => {
    if (!('policy' in one)) return [];
    const name = `${one.policy.namespace}/${one.policy.name}`;
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ ...one.at, message: `NetworkPolicy ${name} stands there twice` }];
  });
}
