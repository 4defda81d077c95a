import * as z from 'zod';
import { podToPodFinding } from '#lib/checks/canary/pod-to-pod-finding.ts';
import { unmeasured } from '#lib/checks/canary/unmeasured.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { measured, stageWords } from '#lib/network/canary/measured.ts';
import { canaryStage } from '#lib/network/canary/stage.ts';

export const check = defineCheck({
  id: 'canary-pod-to-pod',
  title: 'New pods on two nodes reach each other',
  area: 'canary',
  severity: 'critical',
  inputs: ['canary'],
  optional: [],
  options: z.object({}),
  metrics: [],
  docs: {
    question:
      "Do pods on different nodes reach each other? A canary pod calls another one, on another node and in another zone where it can, over TCP and UDP, by the pod's " +
      'address and by a Service. A Service that fails alone points at kube-proxy, addresses that fail at security groups or the overlay. Opt-in ' +
      '(`collect.optIn: [canary]`); `canary.podToPod` switches it off.',
    verdicts: {
      critical: 'a way failed at all of three attempts',
      warning: "a way by the pod's address failed at some of them",
      unknown: 'the server or no client ran, or what was tried was not read',
      notApplicable: 'nobody switched it on, `canary.podToPod` is off, or only one node takes pods',
    },
    evidence: {
      server: 'where the pod is that the others call: `node` and `zone`; null where not known',
      paths:
        'by client: `node`, `zone`, `by` (pod, service), `protocol`, `address`, `outcome` (reached, refused, no-answer, no-route, unresolved, unclear), `failed` attempts, and the words of the tool',
      failedPaths: 'ways that failed at every attempt',
      zones: 'zones of all these pods',
      unread: 'clients whose attempts were not read',
    },
    sources: [
      'Kubernetes documentation, "The Kubernetes network model"; "Debug Services"',
      'busybox networking/tcpudp.c, networking/nc_bloaty.c',
      'Amazon EKS User Guide, "View Amazon EKS security group requirements for clusters"',
    ],
  },
  remediations: ['restart-kube-proxy'],
  evaluate({ inputs: { canary }, target }) {
    switch (canary.podToPod) {
      case 'switched-off':
        return notApplicable(target, 'canary.podToPod is off, so no pod tried to reach another.');
      case 'one-node':
        return notApplicable(target, 'Fewer than two nodes take pods, so there is no way from node to node to try.');
      case 'no-server': {
        const server = canary.pods.find(({ role }) => role === 'server');
        const { stage, why } = server ? canaryStage(server) : { stage: 'gone' as const, why: null };
        const told = stage === 'running' ? 'it ended before it was called' : stageWords(stage);
        return undecided(
          target,
          `The pod that others were to reach did not serve: ${told}${why ? ` (${why})` : ''}. See canary-pod.`,
        );
      }
      case 'tried': {
        const found = measured(canary);
        if ('reason' in found) return unmeasured(target, found.reason);
        const finding = podToPodFinding(canary, found);
        return {
          findings: [{ ...finding, resource: { kind: 'cluster', id: target.arn, name: target.name } }],
          metrics: [],
        };
      }
    }
  },
});
