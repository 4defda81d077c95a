/**
 * The value of a flag of a Go program: `-name value` or `-name=value`, with one dash or two.
 * Source: Go documentation, package flag, "Command line flag syntax".
 */
export function commandFlag(args: readonly string[], name: string): string | undefined {
  for (const [at, arg] of args.entries()) {
    const [, key, value] = /^--?([\w.-]+?)(?:=(.*))?$/.exec(arg) ?? [];
    if (key === name) return value ?? args[at + 1];
  }
  return undefined;
}
