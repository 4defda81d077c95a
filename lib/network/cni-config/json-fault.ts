/** Where a text stops being JSON. */
export interface JsonFault {
  /** A clause: what is wrong. */
  readonly what: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

const WHITE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
/** A text that nothing but the end of all cuts off. */
const UNENDED = /"(?:[^"\\\p{Cc}]|\\.)*\\?$/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** Deeper than this the container runtime gives up. Source: Go encoding/json scanner.go, maxNestingDepth. */
const DEEPEST = 10_000;
const ENDS_EARLY = 'it ends in the middle';
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** What may come next. `item` and `member` stand after an opening bracket or brace, which may close at once. */
type Expected = 'value' | 'item' | 'member' | 'key' | 'colon' | 'next' | 'end';

interface Scan {
  readonly text: string;
  /** Brackets and braces that are open. */
  readonly open: string[];
  at: number;
  expected: Expected;
}

/**
 * The first place at which a text is no JSON, in words that say what to mend: a parser's own message would quote the text, which may hold
 * secrets. Carriage returns are white space; a byte order mark and NUL bytes are not. Undefined where it is JSON.
 * Sources: RFC 8259, sections 2, 7 and 8.1; Go encoding/json, which the container runtime reads it by.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scan: Scan = { text, open: [], at: 0, expected: 'value' };
  for (;;) {
    scan.at = matchEnd(WHITE, scan) ?? scan.at;
    const char = text[scan.at];
    if (char === undefined && scan.expected === 'end') return undefined;
    const what = char === undefined ? endOf(text) : STEPS[scan.expected](scan, char);
    if (what !== undefined) return { what, ...placeOf(text, scan.at) };
  }
}

/** Each takes what it expects, or says what is wrong. */
const STEPS: Readonly<Record<Expected, (scan: Scan, char: string) => string | undefined>> = {
  end: () => 'something follows its end',
  colon: (scan, char) => (char === ':' ? advance(scan, 1, 'value') : 'a colon is missing'),
  next(scan, char) {
    const top = scan.open.at(-1) ?? '';
    if (char === ',') return advance(scan, 1, top === '{' ? 'key' : 'value');
    return char === CLOSING[top] ? close(scan) : `a comma or ${CLOSING[top]} is missing`;
  },
  item: (scan, char) => (char === ']' ? close(scan) : value(scan, char)),
  value: (scan, char) => value(scan, char),
  member: (scan, char) => (char === '}' ? close(scan) : key(scan, char)),
  key: (scan, char) => key(scan, char),
};

function key(scan: Scan, char: string): string | undefined {
  const end = matchEnd(STRING, scan);
  return end === undefined
    ? (unexpected(scan, char) ?? 'a name in double quotes is missing')
    : advance(scan, end - scan.at, 'colon');
}

function value(scan: Scan, char: string): string | undefined {
  if (CLOSING[char] !== undefined) {
    const depth = scan.open.push(char);
    return depth > DEEPEST ? `it is nested deeper than ${DEEPEST}` : advance(scan, 1, char === '{' ? 'member' : 'item');
  }
  const end = matchEnd(char === '"' ? STRING : SCALAR, scan);
  return end === undefined ? (unexpected(scan, char) ?? 'a value is missing') : advance(scan, end - scan.at, afterValue(scan));
}

function close(scan: Scan): undefined {
  scan.open.pop();
  return advance(scan, 1, afterValue(scan));
}

function advance(scan: Scan, by: number, expected: Expected): undefined {
  scan.at += by;
  scan.expected = expected;
}

const afterValue = ({ open }: Scan): Expected => (open.length > 0 ? 'next' : 'end');

function matchEnd(pattern: RegExp, { text, at }: Scan): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const endOf = (text: string): string => (/^[ \t\n\r]*$/.test(text) ? 'it is empty' : ENDS_EARLY);

function unexpected(scan: Scan, char: string): string | undefined {
  if (char === '\ufeff') return 'it begins with a byte order mark';
  if (char === '\0') return 'it holds a NUL byte';
  if (char === '}' || char === ']') return `a comma stands before ${char}`;
  if (char === '"' && matchEnd(UNENDED, scan) !== undefined) return ENDS_EARLY;
  if (char === '"') return 'a text in quotes does not end, or holds what it must not';
  return char === '/' || char === '#' ? 'it holds a comment' : undefined;
}

function placeOf(text: string, at: number): Pick<JsonFault, 'line' | 'column'> {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
