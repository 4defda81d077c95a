import { createHash } from 'node:crypto';
import type { Config } from '#lib/config/schema.ts';
import { canonicalJson } from '#lib/model/canonical-json.ts';

/** SHA-256 (hex) of the effective configuration: equal for files that mean the same, however they are written. */
export function configHash(config: Config): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex');
}
