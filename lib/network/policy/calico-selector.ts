import { allOf, anyOf, type Match, not } from '#lib/network/policy/match.ts';
import { type CompiledSelector, type LabelRead, type Labels, meets } from '#lib/network/policy/selectors.ts';

/** Unknown where the text is no selector that this reader understands. */
const UNREADABLE: CompiledSelector = { reads: [], matches: () => 'unreadable' };

/** Whether the text was a selector. */
export function isReadable({ matches }: CompiledSelector): boolean {
  return matches({ labels: {}, whole: true }) !== 'unreadable';
}

type Expression = (labels: Labels) => Match;

/** Strings in either quotes, names, signs of two characters before those of one. */
const TOKEN = /\s*(?:"([^"]*)"|'([^']*)'|([\p{L}\d_./-]+)|(==|!=|&&|\|\||[!(){},]))/uy;

interface Token {
  readonly kind: 'string' | 'word' | 'sign';
  readonly text: string;
}

/**
 * Compiles a selector of Calico's own language: `app == 'web' && !has(debug)`, `all()`. The empty one selects everything.
 * Source: Calico documentation, "Network policy", "Selectors".
 */
export function compileCalicoSelector(text: string): CompiledSelector {
  const tokens = tokenize(text);
  if (tokens === undefined) return UNREADABLE;
  if (tokens.length === 0) return { reads: [], matches: () => true };
  const reader = new Reader(tokens);
  const expression = reader.either();
  return expression === undefined || !reader.ended() ? UNREADABLE : { reads: reader.reads, matches: expression };
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const source = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) return undefined;
    const [, double, single, word, sign] = match;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else tokens.push({ kind: 'string', text: double ?? single ?? '' });
  }
  return tokens;
}

/** Descends: `||` binds less than `&&`, and `!` most. Each step answers undefined where the text is not of the language. */
class Reader {
  readonly reads: LabelRead[] = [];
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  ended(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Expression | undefined {
    return this.#joined('||', () => this.#joined('&&', () => this.#single(), allOf), anyOf);
  }

  #joined(
    sign: string,
    part: () => Expression | undefined,
    join: (all: readonly Expression[], match: (one: Expression) => Match) => Match,
  ): Expression | undefined {
    const parts: Expression[] = [];
    do {
      const next = part();
      if (next === undefined) return undefined;
      parts.push(next);
    } while (this.#take(sign));
    return (labels) => join(parts, (one) => one(labels));
  }

  #single(): Expression | undefined {
    if (this.#take('!')) {
      const negated = this.#single();
      return negated && ((labels) => not(negated(labels)));
    }
    if (this.#take('(')) {
      const inner = this.either();
      return this.#take(')') ? inner : undefined;
    }
    const word = this.#word();
    if (word === undefined) return undefined;
    return this.#take('(') ? this.#call(word) : this.#comparison(word);
  }

  #call(name: string): Expression | undefined {
    if (name === 'all' || name === 'global') return this.#take(')') ? () => name === 'all' : undefined;
    const key = name === 'has' ? this.#word() : undefined;
    return key !== undefined && this.#take(')') ? this.#reading(key, [], (value) => value !== undefined) : undefined;
  }

  /** A label that is absent differs from every value. */
  #comparison(key: string): Expression | undefined {
    if (this.#take('==')) return this.#withValue(key, (value, wanted) => value === wanted);
    if (this.#take('!=')) return this.#withValue(key, (value, wanted) => value !== wanted);
    const operator = this.#word();
    if (operator === 'not') {
      if (this.#word() !== 'in') return undefined;
      return this.#withSet(key, (value, set) => value === undefined || !set.has(value));
    }
    if (operator === 'in') return this.#withSet(key, (value, set) => value !== undefined && set.has(value));
    if (operator === 'contains') return this.#withPart(key, (value, part) => value?.includes(part) ?? false);
    const next = operator === 'starts' || operator === 'ends' ? this.#word() : undefined;
    if (next !== 'with') return undefined;
    return operator === 'starts'
      ? this.#withPart(key, (value, part) => value?.startsWith(part) ?? false)
      : this.#withPart(key, (value, part) => value?.endsWith(part) ?? false);
  }

  #withValue(key: string, holds: (value: string | undefined, wanted: string) => boolean): Expression | undefined {
    const wanted = this.#next('string');
    return wanted === undefined ? undefined : this.#reading(key, [wanted], (value) => holds(value, wanted));
  }

  /** Any value may have the part. */
  #withPart(key: string, holds: (value: string | undefined, part: string) => boolean): Expression | undefined {
    const part = this.#next('string');
    return part === undefined ? undefined : this.#reading(key, undefined, (value) => holds(value, part));
  }

  #withSet(key: string, holds: (value: string | undefined, set: ReadonlySet<string>) => boolean): Expression | undefined {
    const set = new Set<string>();
    if (!this.#take('{')) return undefined;
    for (let text = this.#next('string'); text !== undefined; text = this.#take(',') ? this.#next('string') : undefined)
      set.add(text);
    if (!this.#take('}')) return undefined;
    return this.#reading(key, [...set], (value) => holds(value, set));
  }

  #reading(key: string, values: LabelRead['values'], holds: (value: string | undefined) => boolean): Expression {
    this.reads.push({ key, values });
    return (labels) => meets(labels, key, holds);
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#at];
    const taken = token?.kind === 'sign' && token.text === sign;
    if (taken) this.#at++;
    return taken;
  }

  #word(): string | undefined {
    return this.#next('word');
  }

  #next(kind: Token['kind']): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) return undefined;
    this.#at++;
    return token.text;
  }
}
