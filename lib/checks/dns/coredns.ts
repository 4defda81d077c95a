import * as z from 'zod';
import { coreDnsFindings } from '#lib/checks/dns/coredns-findings.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { nodesAnswer } from '#lib/network/dns/clients.ts';
import { coreDns } from '#lib/network/dns/coredns.ts';

export const check = defineCheck({
  id: 'coredns',
  title: 'CoreDNS, its endpoints, its Corefile and NodeLocal DNSCache',
  area: 'dns',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'endpointSlices'],
  optional: ['cluster', 'addons', 'deployments', 'daemonSets', 'services', 'configMaps'],
  options: z.object({
    criticalPercent: z
      .number()
      .min(0)
      .max(100)
      .default(50)
      .describe('share of the desired endpoints, or of the nodes of NodeLocal DNSCache, below which it is critical'),
    leastReplicas: z.number().int().min(1).default(2).describe('replicas below which it is a warning'),
    restartsPerDay: z.number().min(0).default(5).describe('restarts of one pod a day, over its life, that are a warning'),
    startSeconds: z.number().min(0).default(120).describe('age in seconds up to which a pod is still starting'),
    autoMode: z
      .enum(['not-applicable', 'unknown'])
      .default('not-applicable')
      .describe(
        'the answer where no CoreDNS pod runs and every pod that asks for names is on a node of Auto Mode, which answers itself',
      ),
  }),
  metrics: [
    {
      name: 'DnsEndpointsReady',
      unit: 'Count',
      per: 'cluster',
      description: 'CoreDNS pods that the Service kube-dns sends to',
      essential: true,
    },
  ],
  docs: {
    question:
      "Is there somebody to answer the cluster's names? CoreDNS's pods against what is desired, those that the Service kube-dns sends to, how they " +
      'are spread over nodes and zones, whether they crash; what EKS says of the add-on; whether the Corefile can be read and does what a cluster ' +
      'needs; and NodeLocal DNSCache, where it is installed: its agents, the Service that it asks, and the pods that cannot use it. Whether pods ' +
      'reach CoreDNS is judged by dns-security-groups and its siblings. Each of the four gets a finding of its own.',
    verdicts: {
      critical:
        'no endpoint is ready, or fewer than `criticalPercent` of the desired ones; the Corefile lacks the plugin kubernetes, serves another ' +
        'port or forwards to itself; NodeLocal DNSCache asks a Service that does not exist, forwards to itself or works on fewer than `criticalPercent` of its nodes',
      warning:
        'fewer endpoints than desired, less those that are starting or that a rollout has taken down; all on one node or in one zone though there ' +
        'are others; fewer than `leastReplicas`; a pod that does not work, a rollout that gets no further, `restartsPerDay` restarts a day, or a pod that ran out of memory; EKS calls the add-on anything but well; ' +
        'the Corefile is missing, breaks off or forwards to nobody; an agent of NodeLocal DNSCache does not work, its Corefile breaks off, nodes take none though ' +
        "it does not listen on the Service's address, or pods have security groups of their own in strict mode, which it does not support",
      unknown:
        'Deployments, DaemonSets, ConfigMaps, Services or add-ons were not read and the rest shows nothing worse, or CoreDNS is run by nothing that can be found',
      notApplicable:
        'the cluster has no node, or no CoreDNS pod runs and whoever asks for names is on a node of Auto Mode, which answers itself (`autoMode`)',
    },
    evidence: {
      desired: 'replicas that are wanted; null where they are not known',
      ready: 'CoreDNS pods that are ready',
      endpoints: 'those that the Service kube-dns sends to',
      zones: 'zones of the endpoints',
      nodes: 'nodes of the endpoints',
      nodesFailing: 'nodes of the pods that are there and do not work',
      starting: 'pods younger than `startSeconds`, with nothing gone wrong yet',
      failing: 'pods that are there and do not work',
      rolloutInProgress: 'whether pods of an older template are still to be replaced; null where it is not known',
      restarts: 'restarts of all its pods over their lives',
      crashReasons: 'pods that do not work, by reason: waiting reasons, and how containers ended',
      oomKilled: 'pods whose container ran out of memory before its last start',
      memoryLimit: 'memory limit of its container, as written; null where there is none',
      version: 'tag of its image',
      addonStatus: 'what EKS says of the add-on; null where CoreDNS is self-managed or that was not read',
      addonVersion: 'version of the add-on',
      addonIssues: 'codes of the health issues of the add-on',
      corefile:
        '`state` (`read`, `faulty`, `broken`, `missing`, `unread`) and what was read: `faults`, `clusterDomains`, `forwards`, `imports`, and whether the plugins `cache`, `loop` and `reload` are there',
      nodeLocalDns:
        'NodeLocal DNSCache; null where it is not installed: `nodes` that should run it, `ready` ones, names of `failing` and of `nodesWithout`, `listensOn`, ' +
        '`answersServiceIp`, `upstreamService` and whether it exists, `corefile` (its state), `forceTcp`, and `strictPods`, which cannot reach it',
    },
    sources: [
      'Amazon EKS User Guide, "Manage CoreDNS for DNS in Amazon EKS clusters" and "EKS Auto Mode networking"',
      'Amazon EKS API Reference, Addon',
      'CoreDNS manual, "Configuration"; coredns plugin/loop/README.md and plugin/forward/README.md',
      'Kubernetes documentation, "Using NodeLocal DNSCache in Kubernetes Clusters"; kubernetes/dns cmd/node-cache/main.go',
      'EKS Best Practices Guide, "Security groups per pod"',
    ],
  },
  remediations: ['restart-coredns'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodes, pods } = inputs;
    const startedBefore = new Date(now.getTime() - 1000 * options.startSeconds).toISOString();
    const daemonSets = dataOf(optional.daemonSets);
    const dns = coreDns({ ...inputs, deployments: dataOf(optional.deployments), daemonSets, startedBefore });
    if (nodes.length === 0) return notApplicable(target, 'The cluster has no node, so nothing asks for names.');
    if (dns.servers.length === 0 && dns.pods.length === 0 && nodesAnswer(nodes, pods, daemonSets ?? [])) {
      const why = 'No CoreDNS pod runs, and every pod that asks for names is on a node of Auto Mode, which answers itself.';
      return options.autoMode === 'unknown' ? undecided(target, why) : notApplicable(target, why);
    }
    return {
      findings: coreDnsFindings(dns, { nodes, pods, read: optional, options, now, startedBefore }),
      metrics: [{ name: 'DnsEndpointsReady', value: dns.servers.length }],
    };
  },
});
