import { createHash } from 'node:crypto';
import type { Finding } from '#lib/model/finding.ts';

/**
 * Names a finding across runs: 32 hexadecimal digits, of the check, the cluster's ARN and the resource.
 * The parts are joined as JSON, so that no two different triples read alike.
 */
export function fingerprint(check: string, clusterArn: string, resource: Finding['resource']): string {
  const identity = JSON.stringify([check, clusterArn, resource.kind, resource.id]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
