import { createHash } from 'node:crypto';

/** An id in AWS's form that is the same in every run: the prefix and 17 hexadecimal digits of what the object is called. */
export function awsId(prefix: string, ...names: readonly (string | number)[]): string {
  return `${prefix}-${digest(prefix, ...names).slice(0, 17)}`;
}

/** A UUID of the same kind. */
export function uid(...names: readonly (string | number)[]): string {
  const hex = digest(...names);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The random-looking tail of a name that a controller made. */
export function suffix(length: number, ...names: readonly (string | number)[]): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const bytes = createHash('sha1').update(names.join('/')).digest();
  return Array.from({ length }, (_, at) => alphabet[(bytes[at] ?? 0) % alphabet.length]).join('');
}

function digest(...names: readonly (string | number)[]): string {
  return createHash('sha1').update(names.join('/')).digest('hex');
}
