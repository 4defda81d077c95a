import type { CorefileToken } from '#lib/network/dns/corefile-tokens.ts';

/** What CoreDNS itself allows of imports before it takes them for a circle. */
const MOST_EXPANSIONS = 1000;

/** Why CoreDNS does not start with a Corefile; it becomes a reading, and never leaves the reader. */
export class CorefileBroken extends Error {
  override readonly name = 'CorefileBroken';
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** A place in the words, which imports change. */
export class CorefileSource {
  readonly imports = new Set<string>();
  readonly snippets = new Map<string, readonly CorefileToken[]>();
  #tokens: readonly CorefileToken[];
  #at = 0;
  #expansions = 0;

  constructor(tokens: readonly CorefileToken[]) {
    this.#tokens = tokens;
  }

  peek(): CorefileToken | undefined {
    return this.#tokens[this.#at];
  }

  /** @throws CorefileBroken at the end */
  take(wanted: string): CorefileToken {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new CorefileBroken(this.#tokens.at(-1)?.line ?? 1, `it ends where ${wanted} should stand`);
    this.#at += 1;
    return token;
  }

  /** Whether the word before ends a block: CoreDNS lets the last one close its server block too. */
  get endsWithBrace(): boolean {
    return this.#tokens[this.#at - 1]?.text === '}';
  }

  /** Where `import` stands: puts the snippet in its place, or takes note of the file. */
  expandImport(): void {
    const { line } = this.take('import');
    const { text, starts } = this.take('what to import');
    if (starts) throw new CorefileBroken(line, 'import names nothing');
    const snippet = this.snippets.get(text);
    if (snippet === undefined) {
      this.imports.add(text);
      return;
    }
    this.#expansions += 1;
    if (this.#expansions > MOST_EXPANSIONS) throw new CorefileBroken(line, `the snippet ${text} imports itself`);
    const [first, ...rest] = snippet;
    const put = first === undefined ? [] : [{ ...first, starts: true }, ...rest];
    this.#tokens = [...put, ...this.#tokens.slice(this.#at)];
    this.#at = 0;
  }
}
