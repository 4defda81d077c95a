import * as z from 'zod';
import { canaryDnsFinding } from '#lib/checks/canary/dns-finding.ts';
import { unmeasured } from '#lib/checks/canary/unmeasured.ts';
import { defineCheck } from '#lib/model/check.ts';
import { measured } from '#lib/network/canary/measured.ts';

export const check = defineCheck({
  id: 'canary-dns',
  title: 'A new pod resolves names',
  area: 'canary',
  severity: 'critical',
  inputs: ['canary'],
  optional: [],
  options: z.object({
    slowWarningMs: z
      .number()
      .min(10)
      .default(1000)
      .describe('median time of an answer in milliseconds above which it is a warning; the tool that asks takes some of it'),
  }),
  metrics: [
    {
      name: 'CanaryDnsOk',
      unit: 'Count',
      per: 'cluster',
      description: '1 where canary pods resolved every name every time and in time, else 0; nothing where that is not known',
      essential: true,
    },
  ],
  docs: {
    question:
      'Does a new pod resolve names? It asks for kubernetes.default and for the names of `canary.dns`, each three times: its own resolvers, the Service ' +
      'kube-dns, and up to four CoreDNS pods one by one, which tells a broken Service from a broken CoreDNS; and by the search path, as applications do. ' +
      'Opt-in (`collect.optIn: [canary]`).',
    verdicts: {
      critical: "none of a pod's resolvers answers a name, or the search path does not lead to kubernetes.default",
      warning:
        'attempts failed in part, a CoreDNS pod or the Service does not answer, or the median answer takes more than `slowWarningMs`',
      unknown: 'no canary pod ran, or what it asked was not read, or its image lacks the tools',
      notApplicable: 'nobody switched it on',
    },
    evidence: {
      lookups: 'attempts whose outcome is clear',
      failed: 'attempts that failed',
      medianMs: 'median time of those that were answered, in milliseconds; null without any',
      slowestMs: 'the slowest of those; an attempt ends after 4 s',
      servers:
        "by pod and server: `node`, `server`, `of` (resolver: the pod's own; service: kube-dns; coredns: one of its pods), `asked`, `failed`, `outcome` (answered, no-such-name, server-failure, refused, no-answer, unclear)",
      unansweredNames: 'names that no resolver of a pod answers',
      searchFailed: 'nodes whose pods do not resolve kubernetes.default by the search path',
      unclear: 'whether anything that was to be asked is not known',
      namespace: "the namespace of the canary's pods, whose policies hold for them; null where the Snapshot does not keep it",
    },
    sources: [
      'Kubernetes documentation, "DNS for Services and Pods"; "Debugging DNS Resolution"',
      'busybox networking/nslookup.c',
      'Amazon EKS Best Practices Guide, "Scale cluster services", section "CoreDNS"',
    ],
  },
  remediations: ['allow-dns-policy', 'restart-coredns', 'restart-kube-proxy'],
  evaluate({ inputs: { canary }, options, target }) {
    const found = measured(canary);
    if ('reason' in found) return unmeasured(target, found.reason);
    const finding = canaryDnsFinding(found, { ...options, namespace: canary.namespace ?? null });
    const ok = finding.verdict === 'ok' ? 1 : 0;
    return {
      findings: [{ ...finding, resource: { kind: 'cluster', id: target.arn, name: target.name } }],
      metrics: finding.verdict === 'unknown' ? [] : [{ name: 'CanaryDnsOk', value: ok }],
    };
  },
});
