import * as z from 'zod';
import { awaitingFinding, undecidedPodsFinding } from '#lib/checks/cni/awaiting-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import { dataOf } from '#lib/model/slice.ts';
import { awaitingPods, needsNetwork, saysOfNetwork, scheduledBefore } from '#lib/network/awaiting-network.ts';

const MINUTE = 60_000;

export const check = defineCheck({
  id: 'pods-awaiting-network',
  title: 'Pods that wait for a network',
  area: 'cni',
  severity: 'critical',
  inputs: ['pods'],
  optional: ['events'],
  options: z.object({
    warningMinutes: z
      .number()
      .min(0)
      .default(2)
      .describe('time since its scheduling from which a pod without a network waits, in minutes'),
    criticalMinutes: z.number().min(0).default(5).describe('time from which one pod that waits is critical, in minutes'),
    criticalPercent: z
      .number()
      .min(0)
      .max(100)
      .default(5)
      .describe('share of all pods that need a network above which those that wait are critical, in percent'),
  }),
  metrics: [
    {
      name: 'PodsAwaitingNetwork',
      unit: 'Count',
      per: 'cluster',
      description: 'scheduled pods without a network for `warningMinutes` or longer',
      essential: true,
    },
  ],
  docs: {
    question:
      'Which pods have a node and no network? The condition PodReadyToStartContainers tells, and where a kubelet is older than Kubernetes 1.29, a FailedCreatePodSandBox event: ContainerCreating alone may be a slow image or volume. The age counts from the scheduling, not from the creation.',
    verdicts: {
      warning: 'a pod waits for `warningMinutes`',
      critical:
        'a pod waits for `criticalMinutes`, or more than `criticalPercent` of the pods that need a network wait for `warningMinutes`',
      unknown: 'pods were not read; or events were not read and pods are pending on kubelets that do not state the condition',
    },
    evidence: {
      awaiting: 'pods that wait for `warningMinutes` or longer',
      awaitingCritical: 'those that wait for `criticalMinutes` or longer',
      pods: 'pods on a node that need a network of their own and have not ended',
      percent: 'share of them that waits, in percent',
      longestSeconds: 'how long the oldest waits, in seconds; 0 where none does',
      nodes: 'nodes on which pods wait, those with the most first; the first 20',
      nodeCount: 'how many there are',
      samplePods: 'namespace and name of those that wait longest; the first 10',
      undecided: 'pending pods of which it cannot be told whether they wait',
    },
    sources: [
      'Kubernetes documentation, "Pod Lifecycle", section "Pod network readiness"',
      'Kubernetes pkg/kubelet/status/generate.go (PodReadyToStartContainers: on by default since 1.29)',
    ],
  },
  remediations: ['restart-cni'],
  evaluate({ inputs, optional, options, target, now }) {
    const events = dataOf(optional.events);
    const since = new Date(now.getTime() - options.warningMinutes * MINUTE).toISOString();
    const needing = inputs.pods.filter(needsNetwork);
    const awaiting = awaitingPods(inputs.pods, events ?? [], since);
    const finding = awaitingFinding({ target, awaiting, pods: needing.length, options, now });
    const metrics = [{ name: 'PodsAwaitingNetwork', value: awaiting.length }];
    const undecided =
      optional.events.ok || finding.verdict === 'critical'
        ? []
        : needing.filter((pod) => scheduledBefore(pod, since) && pod.podIps.length === 0 && !saysOfNetwork(pod));
    if (optional.events.ok || undecided.length === 0) return { findings: [finding], metrics };
    return { findings: [undecidedPodsFinding(finding, undecided.length, asClause(optional.events.reason))], metrics };
  },
});
