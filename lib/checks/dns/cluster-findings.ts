import type { Judgement } from '#lib/model/finding.ts';
import type { Target } from '#lib/model/target.ts';
import type { DnsSecurity } from '#lib/network/dns/security.ts';

const clusterOf = ({ arn, name }: Target): Judgement['resource'] => ({ kind: 'cluster', id: arn, name });

/** Pods that cannot be classed, by why: none of them counts as ok. */
export function unseenFinding(target: Target, unseen: DnsSecurity['unseen'], filters = 'security groups'): readonly Judgement[] {
  if (unseen.size === 0) return [];
  const reasons = [...unseen].map(([reason, { pods, example }]) => ({ reason, pods, example }));
  const pods = reasons.reduce((sum, reason) => sum + reason.pods, 0);
  return [
    {
      verdict: 'unknown',
      resource: clusterOf(target),
      summary: `Which ${filters} decide about ${pods} pods cannot be told: ${reasons
        .map((each) => `${each.pods} ${each.reason} (${each.example})`)
        .join('; ')}.`,
      evidence: { pods, reasons },
    },
  ];
}

/** No CoreDNS pod is ready: names resolve nowhere, unless the nodes answer DNS themselves. */
export function noEndpointFinding(
  target: Target,
  { endpoints: { notReady, sliced }, classes }: DnsSecurity,
  { autoMode, serviceExists }: { readonly autoMode: boolean; readonly serviceExists: boolean },
): Judgement {
  const pods = classes.reduce((sum, { source }) => sum + source.pods, 0);
  const resource = clusterOf(target);
  const evidence = {
    sourceClass: 'every pod',
    protocol: 'udp, tcp',
    blockedBy: null,
    missingRule: null,
    pods,
    endpoints: 0,
    notReady,
  };
  if (!sliced && !serviceExists) {
    const summary = 'No EndpointSlice of a Service kube-dns was found in kube-system, so where pods resolve names is not known.';
    return { verdict: 'unknown', resource, summary, evidence };
  }
  if (autoMode) {
    const summary = `No CoreDNS pod is ready: ${pods} pods depend on it unless their nodes answer DNS, as Auto Mode's do.`;
    return { verdict: 'unknown', resource, summary, evidence };
  }
  const summary = `None of ${notReady} CoreDNS endpoints is ready, so no class of pod reaches one: ${pods} pods.`;
  return { verdict: 'critical', resource, summary, evidence, timeToImpact: 'immediate' };
}
