import type { Addon } from '#lib/model/eks.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';

/** Source: Amazon EKS API Reference, "Addon", status. */
const FAILED = /_FAILED$/;

export function addonHealthFinding({ addonName, addonVersion, status, healthIssues }: Addon): Judgement {
  const failed = status !== undefined && FAILED.test(status);
  const impaired = healthIssues.length > 0 || status === 'DEGRADED';
  const verdict = failed ? 'critical' : impaired ? 'warning' : status === undefined ? 'unknown' : 'ok';
  const said = healthIssues.map(({ code, message }) => `${code}${message ? ` (${message.replace(/\.$/, '')})` : ''}`);
  return {
    verdict,
    resource: { kind: 'addon', id: addonName, name: addonName },
    summary: `The add-on ${addonName} ${addonVersion ?? ''} is ${status ?? 'in no state that EKS names'}, with ${plural(healthIssues.length, 'issue')}${said.length > 0 ? `: ${said.join('; ')}` : ''}.`,
    evidence: {
      status: status ?? null,
      addonVersion: addonVersion ?? null,
      issues: healthIssues.map(({ code, message, resourceIds }) => ({ code, message: message ?? null, resourceIds })),
    },
    ...(verdict === 'critical' && { timeToImpact: 'hours' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'days' as const }),
  };
}
