export interface CorefileToken {
  readonly text: string;
  /** From 1: where it begins. */
  readonly line: number;
  /** Whether it is the first of its line. */
  readonly starts: boolean;
}

/**
 * Words of a Corefile: parted by white space, comments from `#` to the end of the line, quotes that keep spaces and lines together.
 * Source: github.com/coredns/caddy, caddyfile/lexer.go.
 */
export function corefileTokens(text: string): readonly CorefileToken[] {
  const tokens: CorefileToken[] = [];
  let line = 1;
  let lastLine = 0;
  const add = (word: string, at: number): void => {
    tokens.push({ text: word, line: at, starts: at > lastLine });
    lastLine = line;
  };
  // A byte order mark is passed over, and so is the return of CRLF: it is white space.
  const words = /^\uFEFF|\n|[^\S\n]+|"((?:[^"\\]|\\[\s\S])*)"?|#[^\n]*|[^\s#]+/gu;
  for (const [word, quoted] of text.matchAll(words)) {
    const first = word[0] ?? '';
    if (word === '\n') line += 1;
    else if (quoted !== undefined) {
      const at = line;
      line += quoted.split('\n').length - 1;
      add(quoted.replaceAll('\\"', '"'), at);
    } else if (first !== '#' && first.trim() !== '' && first !== '\uFEFF') add(word, line);
  }
  return tokens;
}
