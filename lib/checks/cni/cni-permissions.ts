import * as z from 'zod';
import { permissionsFinding } from '#lib/checks/cni/permissions-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { findCnis } from '#lib/network/cni.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

export const check = defineCheck({
  id: 'cni-permissions',
  title: "Permissions of the CNI's agents",
  area: 'cni',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets'],
  optional: ['events', 'accessReviews'],
  options: z.object({
    recentMinutes: z
      .number()
      .min(1)
      .default(60)
      .describe('age in minutes up to which an event counts: the API server keeps events for an hour by default'),
  }),
  metrics: [],
  docs: {
    question:
      "May the CNI's agents still do what they need? An upgrade of the cluster, of the add-on or of a chart that replaces a ClusterRole " +
      'can take a verb away, and a change of the IAM role an action; running pods notice nothing, and new ones get no network. What RBAC ' +
      'grants is asked for right by right with SubjectAccessReviews, which change nothing and are opt-in, since asking is a `create` of ' +
      'its own (source `accessReviews`). What AWS and the API server refused is read from events in any case.',
    verdicts: {
      critical: "an agent's service account lacks a right that its network hangs on; or AWS refused an action beside tags",
      warning: 'it lacks a right without which it only tells less; or AWS refused tags alone',
      unknown:
        'access reviews were asked for and failed, or events were not read, and nothing is known to be missing; or no CNI that is known',
      notApplicable: 'no node takes an agent, as with Auto Mode and Fargate',
    },
    evidence: {
      cni: 'vpc-cni, cilium, calico or flannel',
      serviceAccount: 'namespace and name of the service account that the agents run as',
      rbac: 'asked, asked-in-part, failed, or not-asked: the source `accessReviews` is off',
      rights: 'rights that every version in use needs, with the features that are on; null where they were not asked for',
      missing: 'rights that are missing: verb, apiGroup, resource, without (what fails), toldBy (access-review or event)',
      unanswered: 'rights of which there is no answer',
      confirm: 'kubectl commands that ask for the missing rights again; the first five',
      iamActions: 'AWS actions that were refused; empty where the events name none',
      iamEvents: 'how often events told of that',
      nodes: 'nodes that these events are about; the first 20',
      lastSeen: 'when the latest of them was; null where there is none',
      sampleMessage: 'its message; null where there is none',
    },
    sources: [
      'Kubernetes documentation, "Authorization", section "Checking API access"',
      'amazon-vpc-cni-k8s charts/aws-vpc-cni/templates/clusterrole.yaml and docs/iam-policy.md',
      'cilium install/kubernetes/cilium/templates/cilium-agent/clusterrole.yaml',
      'calico charts/calico/templates/calico-node-rbac.yaml; flannel Documentation/kube-flannel.yml',
    ],
  },
  remediations: ['reapply-cni'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodes, pods, daemonSets } = inputs;
    const cnis = findCnis(daemonSets).filter(({ daemonSet }) => daemonSet.desired > 0);
    if (cnis.length === 0) {
      if (!nodes.some(takesCniAgent)) return notApplicable(target, 'No node of this cluster takes the agent of a CNI.');
      return undecided(target, 'No DaemonSet of the VPC CNI, Cilium, Calico or flannel that wants an agent on a node was found.');
    }
    const since = new Date(now.getTime() - 60_000 * options.recentMinutes).toISOString();
    return {
      findings: cnis.map((cni) => permissionsFinding(cni, { pods, since, ...optional })),
      metrics: [],
    };
  },
});
