import { CorefileBroken, CorefileSource } from '#lib/network/dns/corefile-source.ts';
import { type CorefileToken, corefileTokens } from '#lib/network/dns/corefile-tokens.ts';

export interface CorefilePlugin {
  readonly name: string;
  readonly args: readonly string[];
  /** The lines of its block, each in words; what is nested deeper is left out. */
  readonly block: readonly (readonly string[])[];
}

/** One server: what it answers for, and the plugins that do. */
export interface ServerBlock {
  /** As written: `.:53`, `cluster.local`, `dns://example.org:5353`. */
  readonly keys: readonly string[];
  readonly plugins: readonly CorefilePlugin[];
}

export type CorefileReading =
  | {
      readonly kind: 'read';
      readonly blocks: readonly ServerBlock[];
      /** Files that it imports: what they say is not known. */
      readonly imports: readonly string[];
    }
  /** CoreDNS does not start with it. `line` is from 1. */
  | { readonly kind: 'broken'; readonly line: number; readonly reason: string };

/**
 * Reads a Corefile as CoreDNS groups it, snippets put in where they are imported. Whether each plugin takes its arguments is not judged,
 * and environment variables (`{$NAME}`) stay as they are written.
 * Sources: CoreDNS manual, "Configuration"; github.com/coredns/caddy, caddyfile/parse.go.
 */
export function readCorefile(text: string): CorefileReading {
  const source = new CorefileSource(corefileTokens(text));
  const blocks: ServerBlock[] = [];
  try {
    while (source.peek() !== undefined) {
      const block = readBlock(source);
      if (block !== undefined) blocks.push(block);
    }
  } catch (error) {
    if (error instanceof CorefileBroken) return { kind: 'broken', line: error.line, reason: error.message };
    throw error;
  }
  return { kind: 'read', blocks, imports: [...source.imports] };
}

/** Undefined for the definition of a snippet, and for an import in the place of a block. */
function readBlock(source: CorefileSource): ServerBlock | undefined {
  const keys = readKeys(source);
  const [only = ''] = keys;
  if (keys.length === 1 && only.startsWith('(') && only.endsWith(')')) {
    readSnippet(source, only.slice(1, -1));
    return undefined;
  }
  const open = source.peek();
  if (open?.text === '{') source.take('{');
  const plugins: CorefilePlugin[] = [];
  for (let token = source.peek(); token !== undefined && token.text !== '}'; token = source.peek()) {
    if (token.text === 'import') source.expandImport();
    else plugins.push(readPlugin(source));
  }
  if (source.peek() !== undefined) source.take('}');
  else if (open?.text === '{' && !source.endsWithBrace)
    throw new CorefileBroken(open.line, `the block of ${only || 'a server'} is not closed`);
  return keys.length === 0 ? undefined : { keys, plugins };
}

/** Up to the brace or the end of the line; a comma at the end lets them go on below. */
function readKeys(source: CorefileSource): readonly string[] {
  const keys: string[] = [];
  let expecting = true;
  for (let token = source.peek(); token !== undefined && token.text !== '{'; token = source.peek()) {
    if (!expecting && token.starts) break;
    if (token.text === 'import' && token.starts) {
      source.expandImport();
      continue;
    }
    source.take('a zone');
    expecting = token.text.endsWith(',');
    const key = expecting ? token.text.slice(0, -1) : token.text;
    if (key !== '') keys.push(key);
  }
  const next = source.peek();
  if (expecting && keys.length > 0) throw new CorefileBroken(next?.line ?? 1, 'a comma promises another zone, and none follows');
  return keys;
}

function readSnippet(source: CorefileSource, name: string): void {
  const open = source.take('{');
  if (open.text !== '{') throw new CorefileBroken(open.line, `the snippet ${name} has no block`);
  const tokens: CorefileToken[] = [];
  for (let depth = 1; ; ) {
    const token = source.take(`the end of the snippet ${name}`);
    depth += nesting(token);
    if (depth === 0) break;
    tokens.push(token);
  }
  if (source.snippets.has(name)) throw new CorefileBroken(open.line, `the snippet ${name} is defined twice`);
  source.snippets.set(name, tokens);
}

/** A plugin goes to the end of its line, or of its block. */
function readPlugin(source: CorefileSource): CorefilePlugin {
  const { text: name, line } = source.take('a plugin');
  const args: string[] = [];
  const block: string[][] = [];
  let depth = 0;
  for (let token = source.peek(); token !== undefined && !endsPlugin(token, depth); token = source.peek()) {
    if (token.text === 'import' && token.starts) {
      source.expandImport();
      continue;
    }
    source.take('its arguments');
    const change = nesting(token);
    depth += change;
    if (depth < 0) throw new CorefileBroken(token.line, 'a brace closes what was never opened');
    if (change !== 0) continue;
    if (depth === 0) args.push(token.text);
    else if (depth === 1) addWord(block, token);
  }
  if (depth > 0) throw new CorefileBroken(line, `the block of ${name} is not closed`);
  return { name, args, block };
}

/** The block of a plugin may open on the line below it. */
function endsPlugin({ text, starts }: CorefileToken, depth: number): boolean {
  return depth === 0 && starts && text !== '{';
}

function nesting({ text }: CorefileToken): -1 | 0 | 1 {
  return text === '{' ? 1 : text === '}' ? -1 : 0;
}

function addWord(block: string[][], { text, starts }: CorefileToken): void {
  const last = block.at(-1);
  if (starts || last === undefined) block.push([text]);
  else last.push(text);
}
