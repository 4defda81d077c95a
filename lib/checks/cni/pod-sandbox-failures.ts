import * as z from 'zod';
import { causeFinding } from '#lib/checks/cni/sandbox-failure-finding.ts';
import { shortageFinder } from '#lib/checks/cni/shortage-finder.ts';
import { defineCheck } from '#lib/model/check.ts';
import { plural } from '#lib/model/plural.ts';
import { dataOf } from '#lib/model/slice.ts';
import { findCnis } from '#lib/network/cni.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';
import { SANDBOX_CAUSES } from '#lib/network/sandbox-failures/causes.ts';
import { sandboxFailures } from '#lib/network/sandbox-failures/failures.ts';
import { vpcCniSettings } from '#lib/network/vpc-cni.ts';

const MINUTE = 60_000;

export const check = defineCheck({
  id: 'pod-sandbox-failures',
  title: 'Pods whose network could not be set up',
  area: 'cni',
  severity: 'critical',
  inputs: ['events', 'pods', 'nodes'],
  optional: [
    'cluster',
    'daemonSets',
    'subnets',
    'networkInterfaces',
    'instances',
    'instanceTypes',
    'subnetCidrReservations',
    'eniConfigs',
  ],
  options: z.object({
    windowMinutes: z
      .number()
      .positive()
      .default(30)
      .describe('age up to which a failure counts, in minutes since it was last seen'),
    criticalMinutes: z
      .number()
      .min(0)
      .default(5)
      .describe('time for which pods may fail before it is critical, in minutes since the first failure'),
  }),
  metrics: [
    {
      name: 'PodSandboxFailures',
      unit: 'Count',
      per: 'cluster',
      description: 'pods that failed to get a network within the window and still have none',
      essential: true,
    },
  ],
  docs: {
    question:
      'Which pods failed to get a network, and why? The events of the kubelet, the CNI and the VPC resource controller are classed by what their messages say, one finding a cause; all events of one pod and cause count as one failure. ' +
      'ipamd has one message for every want of an address, so `detail` is decided from the interfaces and subnets as EC2 shows them.',
    verdicts: {
      warning: 'pods failed within `windowMinutes` and have a network by now, or fail since less than `criticalMinutes`',
      critical: 'pods fail for `criticalMinutes` and still have no network, or pods fail on most nodes of the cluster',
      unknown: 'events, pods or nodes were not read',
    },
    evidence: {
      cause:
        'missing-binary, broken-config, permissions, conflicting-config, no-free-address, agent-down, api-unreachable, iam-denied, branch-eni, policy-agent, or unrecognised, whose message stands in `sampleMessage`',
      detail:
        'of no-free-address: subnet-empty, no-prefix, eni-full, cooldown or node-limit, that of the most nodes; null where it cannot be told',
      details: 'nodes by detail',
      detailUnknown: 'why the detail of other nodes cannot be told',
      scope: 'node, subnet, zone, nodes (several that no zone or subnet unites), cluster, or unknown where no event names a node',
      count: 'failures that the events count',
      pods: 'pods that failed',
      podsStanding: 'those of them that still have no network',
      nodes: 'where pods fail, or failed where none does any more; the first 20',
      nodeCount: 'how many there are',
      zones: 'their zones',
      subnets: 'their subnets',
      sampleMessage: 'the latest message, as it came',
      firstSeen: 'ISO 8601; of those that stand, where some do',
      lastSeen: 'ISO 8601',
      windowMinutes: 'where nothing failed: the minutes that were looked at',
    },
    sources: [
      'Kubernetes pkg/kubelet/events/event.go; events are kept for an hour by default',
      'amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, pkg/ipamd/ipamd.go, v1.23.1',
      'amazon-vpc-resource-controller-k8s pkg/utils/events.go, pkg/provider/branch/provider.go',
      'containernetworking/cni libcni/conf.go, pkg/invoke/find.go; containerd/go-cni errors.go',
      'Cilium plugins/cilium-cni; Calico cni-plugin; flannel-io/cni-plugin',
    ],
  },
  remediations: [
    'restart-cni',
    'rollback-cni-version',
    'recycle-nodes',
    'advise-instance-types',
    'add-pod-subnet',
    'reserve-prefix-space',
    'enable-prefix-delegation',
    'tune-warm-targets',
  ],
  evaluate({ inputs, optional, options, target, now }) {
    const { events, pods, nodes } = inputs;
    const daemonSets = dataOf(optional.daemonSets);
    const cnis = daemonSets && findCnis(daemonSets);
    const vpcCni = cnis?.find(({ kind }) => kind === 'vpc-cni');
    const failures = sandboxFailures({
      events,
      pods,
      nodes,
      cnis: cnis?.map(({ kind }) => kind),
      since: new Date(now.getTime() - options.windowMinutes * MINUTE).toISOString(),
      now: now.toISOString(),
    });
    const standing = failures.flatMap(({ pod, state }) => (state === 'standing' && pod !== undefined ? [pod] : []));
    const metrics = [{ name: 'PodSandboxFailures', value: new Set(standing).size }];
    if (failures.length === 0) {
      const summary = `No pod failed to get a network in the last ${plural(options.windowMinutes, 'minute')}.`;
      const resource = { kind: 'cluster' as const, id: target.arn, name: target.name };
      return {
        findings: [{ verdict: 'ok', resource, summary, evidence: { windowMinutes: options.windowMinutes } }],
        metrics,
      };
    }
    const { networkInterfaces, instances } = optional;
    const { hosts } = nodeInventory(target.name, nodes, dataOf(instances), dataOf(networkInterfaces), pods);
    const places = hosts.flatMap(({ node, name, availabilityZone: zone, subnetId, kind }) =>
      node === undefined || kind === 'fargate' ? [] : [{ name, ...(zone && { zone }), ...(subnetId && { subnetId }) }],
    );
    const judging = {
      target,
      places,
      criticalMinutes: options.criticalMinutes,
      now,
      prefixDelegation: vpcCni !== undefined && vpcCniSettings(vpcCni).prefixDelegation,
      shortageOf: shortageFinder(inputs, optional),
    };
    const findings = SANDBOX_CAUSES.flatMap((cause) => {
      const own = failures.filter((failure) => failure.cause === cause);
      return own.length === 0 ? [] : [causeFinding(cause, own, judging)];
    });
    return { findings, metrics };
  },
});
