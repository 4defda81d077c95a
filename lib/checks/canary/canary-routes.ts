import * as z from 'zod';
import { unmeasured } from '#lib/checks/canary/unmeasured.ts';
import type { CanaryReport } from '#lib/model/canary.ts';
import { defineCheck } from '#lib/model/check.ts';
import { agreeing, plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { lastWords, outcomeOf } from '#lib/network/canary/attempts.ts';
import { measured } from '#lib/network/canary/measured.ts';
import { canaryRoute } from '#lib/network/canary/routes.ts';

export const check = defineCheck({
  id: 'canary-routes',
  title: 'A new pod has a way out',
  area: 'canary',
  severity: 'critical',
  inputs: ['canary'],
  optional: [],
  options: z.object({}),
  metrics: [],
  docs: {
    question:
      'Does a new pod have a default route, and does it reach the Kubernetes API by its Service? Without the route, the CNI died while it set the pod up. ' +
      'Opt-in (`collect.optIn: [canary]`).',
    verdicts: {
      critical: "a pod has no default route of the cluster's IP family",
      warning: 'a pod has one and does not reach `kubernetes.default:443`, whose name it resolves',
      unknown: 'no canary pod ran, or its routes were not read',
      notApplicable: 'nobody switched it on',
    },
    evidence: {
      ipFamily: 'the IP family of pods',
      routes: 'by pod: `node`, `hasDefault` (null where it was not read), `gateway`',
      apiServer:
        'by pod: `node` and what came of the connection to `kubernetes.default:443` (reached, refused, no-answer, no-route, unresolved, unclear)',
      said: "the tool's words about a connection that failed; null without",
    },
    sources: [
      'ip-route(8); amazon-vpc-cni-k8s docs/cni-proposal.md, section "Pod Networking" (the default route by 169.254.1.1)',
      'Calico documentation, "Why does my container have a route to 169.254.1.1?"',
    ],
  },
  remediations: ['restart-cni'],
  evaluate({ inputs: { canary }, target }) {
    const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
    const found = measured(canary);
    if ('reason' in found) return unmeasured(target, found.reason);
    const { ipFamily } = canary;
    const routes = found.reports.map((report) => canaryRoute(report, ipFamily));
    const apiServer = found.reports.map((report) => ({ node: report.nodeName, outcome: outcomeOf(report.search, 'reached') }));
    const without = routes.filter(({ hasDefault }) => hasDefault === false);
    const unread = routes.filter(({ hasDefault }) => hasDefault === null).length + found.unread.length;
    const cutOff = apiServer.filter(({ outcome }) => /^(no-answer|no-route|refused)$/.test(outcome));
    const verdict: Verdict = without.length > 0 ? 'critical' : unread > 0 ? 'unknown' : cutOff.length > 0 ? 'warning' : 'ok';
    const summaries: Readonly<Partial<Record<Verdict, string>>> = {
      critical: `${without.length} of ${plural(routes.length, 'canary pod')} ${agreeing(without.length, 'has', 'have')} no default ${ipFamily} route (${nodesOf(without)}): the CNI did not finish setting up the pod.`,
      unknown: `The routes of ${plural(unread, 'canary pod')} were not read.`,
      warning: `${cutOff.length} of ${plural(routes.length, 'canary pod')} with a default route did not reach kubernetes.default:443 (${cutOff[0]?.outcome}, ${nodesOf(cutOff)}): look at kube-proxy and at network policies.`,
      ok: `A default ${ipFamily} route is there in ${plural(routes.length, 'canary pod')}.`,
    };
    return {
      findings: [
        {
          verdict,
          resource,
          summary: summaries[verdict] ?? '',
          evidence: { ipFamily, routes: routes.map((route) => ({ ...route })), apiServer, said: saidOf(found.reports) },
          ...(verdict === 'critical' ? { timeToImpact: 'immediate', remediation: 'restart-cni' } : {}),
        },
      ],
      metrics: [],
    };
  },
});

const nodesOf = (all: readonly { readonly node: string }[]) => all.map(({ node }) => node).join(', ');

function saidOf(reports: readonly CanaryReport[]): string | null {
  return reports.map(({ search }) => lastWords(search)).find((said) => said !== null) ?? null;
}
