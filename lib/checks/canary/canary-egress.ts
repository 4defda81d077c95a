import * as z from 'zod';
import { canaryEgressFinding } from '#lib/checks/canary/egress-finding.ts';
import { unmeasured } from '#lib/checks/canary/unmeasured.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import { measured } from '#lib/network/canary/measured.ts';

export const check = defineCheck({
  id: 'canary-egress',
  title: 'A new pod reaches outside',
  area: 'canary',
  severity: 'critical',
  inputs: ['canary'],
  optional: [],
  options: z.object({}),
  metrics: [
    {
      name: 'CanaryEgressOk',
      unit: 'Count',
      per: 'cluster',
      description: '1 where every canary pod reached every target of `canary.egress`, else 0; nothing where that is not known',
      essential: true,
    },
  ],
  docs: {
    question:
      'Does a new pod reach what lies outside the cluster? Only the targets of `canary.egress` are tried, since clusters without a way to the internet are ' +
      'made so on purpose: `host:port` by a TCP connection, a URL by a request whose answer may be an error. Opt-in (`collect.optIn: [canary]`).',
    verdicts: {
      critical: 'no pod reaches any target',
      warning: 'some targets, or some pods, do not succeed',
      unknown: "no canary pod ran, a target's name was not resolved (canary-dns judges that), or what was tried was not read",
      notApplicable: 'nobody switched it on, or no target is named',
    },
    evidence: {
      targets:
        'by target: `reached` (nodes), `unreached` (`node`, `outcome`: refused, no-answer, no-route, and the words of the tool), `unknown` (`node`, `outcome`: unresolved, unclear)',
      reachedTargets: 'targets that every pod reached',
      unreachedTargets: 'targets that a pod did not reach',
      unread: 'pods whose attempts were not read',
    },
    sources: [
      'Amazon VPC CNI README.md, AWS_VPC_K8S_CNI_EXTERNALSNAT',
      'Amazon EKS User Guide, "Enable outbound internet access for Pods"; "Deploy private clusters with limited internet access"',
      'busybox networking/nc_bloaty.c, networking/wget.c',
    ],
  },
  remediations: [],
  evaluate({ inputs: { canary }, target }) {
    if (canary.egress.length === 0)
      return notApplicable(target, 'No target is named in canary.egress, so none was tried from inside a pod.');
    const found = measured(canary);
    if ('reason' in found) return unmeasured(target, found.reason);
    const finding = canaryEgressFinding(canary, found);
    return {
      findings: [{ ...finding, resource: { kind: 'cluster', id: target.arn, name: target.name } }],
      metrics: finding.verdict === 'unknown' ? [] : [{ name: 'CanaryEgressOk', value: finding.verdict === 'ok' ? 1 : 0 }],
    };
  },
});
