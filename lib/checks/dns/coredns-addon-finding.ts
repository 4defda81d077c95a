import type { Addon } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Verdict } from '#lib/model/verdict.ts';

const RESOURCE: Judgement['resource'] = { kind: 'addon', id: 'coredns', name: 'coredns' };

/**
 * Statuses in which EKS itself is at work, or done. Source: Amazon EKS API Reference, Addon, `status`.
 */
const FINE: ReadonlySet<string> = new Set(['ACTIVE', 'CREATING', 'UPDATING']);

/** EKS's own judgement of the add-on coredns; undefined where CoreDNS is self-managed. */
export function addonFinding(addons: Slice<readonly Addon[]>): Judgement | undefined {
  if (!addons.ok) {
    const summary = `Whether EKS manages CoreDNS as an add-on, and how it fares, is not known: ${asClause(addons.reason)}.`;
    return { verdict: 'unknown', resource: RESOURCE, summary, evidence: addonEvidence(addons) };
  }
  const addon = coreDnsAddon(addons);
  if (addon === undefined) return undefined;
  const { status = 'without a status', addonVersion, healthIssues } = addon;
  // What it means for names is told by the endpoints.
  const verdict: Verdict = FINE.has(status) && healthIssues.length === 0 ? 'ok' : 'warning';
  const issues = healthIssues.map(({ code, message }) => `${code}${message ? ` (${asClause(message)})` : ''}`);
  return {
    verdict,
    resource: RESOURCE,
    summary: `The add-on coredns ${addonVersion ?? ''} is ${status}${issues.length > 0 ? `: ${issues.join('; ')}` : ''}.`,
    evidence: addonEvidence(addons),
  };
}

export function addonEvidence(addons: Slice<readonly Addon[]>): {
  readonly addonStatus: string | null;
  readonly addonVersion: string | null;
  readonly addonIssues: string[];
} {
  const addon = coreDnsAddon(addons);
  return {
    addonStatus: addon?.status ?? null,
    addonVersion: addon?.addonVersion ?? null,
    addonIssues: addon?.healthIssues.map(({ code }) => code) ?? [],
  };
}

function coreDnsAddon(addons: Slice<readonly Addon[]>): Addon | undefined {
  return addons.ok ? addons.data.find(({ addonName }) => addonName === 'coredns') : undefined;
}
