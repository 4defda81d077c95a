import { createHash } from 'node:crypto';
import type { Config } from '#lib/config/schema.ts';

/** SHA-256 (hex) of the effective configuration: equal for files that mean the same, however they are written. */
export function configHash(config: Config): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex');
}

/** JSON whose keys are sorted at every level. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
