/** Characters that no POSIX shell gives a meaning within a word. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * One word of a command line, quoted for a POSIX shell.
 * Source: POSIX.1-2024, Shell Command Language, section "Quoting".
 */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A name that came from a cluster, for a command: undefined where it could be taken for a flag, or holds characters that a terminal
 * does not show as they are.
 */
export function nameForCommand(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '' || name.length > 512 || name.startsWith('-')) return undefined;
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(name) ? undefined : name;
}

/** Undefined where a part of it cannot be told. */
export function commandLine(words: readonly (string | undefined)[]): string | undefined {
  return words.includes(undefined) ? undefined : words.map((word) => shellWord(word ?? '')).join(' ');
}
