import * as z from 'zod';
import { addonHealthFinding } from '#lib/checks/cluster/addon-health-finding.ts';
import { clusterHealthFinding } from '#lib/checks/cluster/cluster-health-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { SUPPORT_DATES, supportOf } from '#lib/network/kubernetes-support.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const check = defineCheck({
  id: 'cluster-health',
  title: 'What EKS says of the cluster, its node groups and add-ons',
  area: 'cluster',
  severity: 'critical',
  inputs: ['cluster'],
  optional: ['nodegroups', 'addons', 'insights'],
  options: z.object({
    standardWarningDays: z.number().min(0).default(30).describe('days before the end of standard support that are a warning'),
    extendedWarningDays: z.number().min(0).default(90).describe('days before the end of extended support that are a warning'),
    extendedCriticalDays: z
      .number()
      .min(0)
      .default(14)
      .describe('days before the end of extended support, when EKS updates the control plane by itself, that are critical'),
    extendedIsWarning: z.boolean().default(false).describe('whether extended support, which costs more, is a warning by itself'),
    upgradeInsightErrors: z
      .enum(['warning', 'critical'])
      .default('warning')
      .describe('what an error of an upgrade insight is: it stands in the way of the next Kubernetes version'),
    support: z
      .record(z.string().regex(/^1\.\d+$/), z.object({ standard: day, extended: day }))
      .default({})
      .describe(
        "ends of support by Kubernetes version, as {'1.36': {standard: '2027-08-02', extended: '2028-08-02'}}: over those that cniwatch knows",
      ),
  }),
  metrics: [],
  docs: {
    question:
      'What does EKS itself report of the cluster, its managed node groups and its add-ons, and how long is this Kubernetes version supported? EKS finds by itself that subnets or security groups are gone, that a role may not be assumed, or that an add-on conflicts with what was changed by hand. Of its insights, those are judged that concern networking: version skew of kubelets and kube-proxy, add-ons, the health of the cluster, and the networks of hybrid nodes; EKS looks once a day.',
    verdicts: {
      warning:
        'a node group or an add-on with an issue; a cluster that is being deleted; standard support ends within `standardWarningDays`, or extended support within `extendedWarningDays`; an insight with a warning, or an upgrade insight with an error',
      critical:
        'the cluster has an issue or has failed; an add-on or a node group has failed; extended support ends within `extendedCriticalDays`, or has ended; a configuration insight with an error',
      unknown:
        'the cluster, its node groups, its add-ons or its insights were not read; EKS cannot tell the state of an insight; or the end of support of this version is not known, and those that are known come near',
    },
    evidence: {
      status: "EKS' word for the state",
      clusterVersion: "Kubernetes' version; null where EKS names none",
      platformVersion: "EKS' own version of it",
      standardSupportEnds: 'a day; null where it is not known',
      extendedSupportEnds: 'a day; null where it is not known',
      supportBound:
        'exact; at-least where the version is later than those known, at-most where it is earlier; null where nothing is known',
      daysToStandardEnd: 'whole days; below 0 once it has ended; null where it is not known',
      daysToExtendedEnd: 'the same of extended support',
      issues: "EKS' issues of the resource: code, message, resourceIds",
      nodeGroups: 'node groups that have issues or are not ACTIVE: name, status, issues',
      insights:
        'insights that concern networking and do not pass: name, category, status, reason, kubernetesVersion, recommendation, resources, lastRefreshTime',
      insightsPassing: 'those that pass; null where they were not read',
      addonVersion: 'of an add-on',
    },
    sources: [
      'Amazon EKS API Reference, "ClusterIssue", "Issue" and "AddonIssue"',
      'Amazon EKS User Guide, "View cluster insights" (https://docs.aws.amazon.com/eks/latest/userguide/view-cluster-insights.html)',
      'Amazon EKS User Guide, "Understand the Kubernetes version lifecycle on EKS" (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html)',
    ],
  },
  remediations: [],
  evaluate({ inputs, optional, options, target, now }) {
    const support = supportOf(inputs.cluster.version, { ...SUPPORT_DATES, ...options.support });
    const judging = { target, support, options, now };
    // CoreDNS's add-on is judged with its pods.
    const addons = (dataOf(optional.addons) ?? []).filter(({ addonName }) => addonName !== 'coredns');
    return {
      findings: [clusterHealthFinding(inputs.cluster, optional, judging), ...addons.map(addonHealthFinding)],
      metrics: [],
    };
  },
});
