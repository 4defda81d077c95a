import { InvalidArgumentError } from 'commander';

/** `--check a,b --check c`: names by commas, by repeating the option, or both. */
export function names(value: string, before: readonly string[] = []): readonly string[] {
  const given = value.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('a name is empty.');
  return [...before, ...given];
}

/** `--snapshot a --snapshot b`: a file's name may hold a comma. */
export const files = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`it must be a whole number from ${least} to ${most}.`);
  };
}
