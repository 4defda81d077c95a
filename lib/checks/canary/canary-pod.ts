import * as z from 'zod';
import { canaryPodFinding } from '#lib/checks/canary/pod-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { canarySeconds } from '#lib/network/canary/stage.ts';

export const check = defineCheck({
  id: 'canary-pod',
  title: 'A new pod gets its network',
  area: 'canary',
  severity: 'critical',
  inputs: ['canary'],
  optional: [],
  options: z.object({
    networkWarningSeconds: z
      .number()
      .min(1)
      .default(15)
      .describe('seconds from the scheduler to the network above which it is a warning, and below which a wait proves nothing'),
    networkCriticalSeconds: z
      .number()
      .min(1)
      .default(60)
      .describe('seconds from the scheduler to the network above which it is critical'),
  }),
  metrics: [
    {
      name: 'CanarySecondsToNetwork',
      unit: 'Seconds',
      per: 'cluster',
      description: 'seconds from the scheduler to the network, of the slowest canary pod that got one',
      essential: true,
    },
  ],
  docs: {
    question:
      'Does a new pod get its network, and how soon? Restricted pods are made in a namespace of their own and deleted again, timed by their own ' +
      'conditions, which are stamped in whole seconds. It is the first question of any trouble: none gets a network, or only those of some nodes. Opt-in ' +
      '(`collect.optIn: [canary]`), since it creates pods; `canary` in cniwatch.yaml says which image, how many and where.',
    verdicts: {
      critical:
        'a pod that has a node gets no network: the kubelet reports a failed sandbox, or `networkWarningSeconds` are over; it took more than ' +
        '`networkCriticalSeconds`; or the scheduler found no node since none is ready',
      warning: 'it took more than `networkWarningSeconds`; or the scheduler found no node for another reason',
      unknown:
        'the cluster has only Fargate nodes; the pods could not be made (permission, admission, quota, another run at work), their image could not be pulled, their container did not start or ' +
        'somebody deleted them: that tells nothing of the network',
      notApplicable: 'nobody switched it on',
    },
    evidence: {
      pods: 'pods that were made: `role`, `node`, `zone`, `stage` (running, not-scheduled, no-network, no-image, not-started, gone), `why` in the words of the scheduler or the kubelet, `secondsToScheduled` and `secondsToRunning` from creation, `secondsToNetwork` from the scheduler; null where not stated, as before Kubernetes 1.29',
      running: 'pods that ran',
      withoutNetwork: 'pods that have a node and got no network',
      scope: 'how far it goes: none, some (other pods ran), or all',
      cause: 'why there was no network, as pod-sandbox-failures names it; null where no event tells',
      image: 'the image',
    },
    sources: [
      'Kubernetes documentation, "Pod Lifecycle", section "Pod conditions" (PodReadyToStartContainers is in beta since Kubernetes 1.29)',
      'kubernetes/kubernetes pkg/kubelet/images/types.go; pkg/scheduler/framework/types.go',
      'Amazon EKS Best Practices Guide, "Networking"; amazon-vpc-cni-k8s docs/troubleshooting.md',
    ],
  },
  remediations: ['restart-cni', 'rollback-cni-version', 'recycle-nodes', 'advise-instance-types'],
  evaluate({ inputs: { canary }, options, target }) {
    const slowest = Math.max(-1, ...canary.pods.map((pod) => canarySeconds(pod).toNetwork ?? -1));
    return {
      findings: [{ ...canaryPodFinding(canary, options), resource: { kind: 'cluster', id: target.arn, name: target.name } }],
      metrics: slowest < 0 ? [] : [{ name: 'CanarySecondsToNetwork', value: slowest }],
    };
  },
});
