import * as z from 'zod';
import { ipamdClusterFinding, ipamdSums } from '#lib/checks/node/ipamd-cluster-finding.ts';
import { ipamdNodeFinding } from '#lib/checks/node/ipamd-node-finding.ts';
import { NODE_INPUTS, vpcCniNodes } from '#lib/checks/node/vpc-cni-nodes.ts';
import { defineCheck } from '#lib/model/check.ts';

/** One track for the cluster: the sums are of all nodes. */
const ALL = 'cluster';

export const check = defineCheck({
  id: 'ipamd',
  title: "The VPC CNI's own counters",
  area: 'node',
  severity: 'critical',
  inputs: [...NODE_INPUTS, 'ipamd'],
  optional: ['instances'],
  options: z.object({
    toleratedDifference: z
      .number()
      .int()
      .min(0)
      .default(16)
      .describe('addresses by which ipamd and EC2 may differ about a node, since they are read one after the other'),
  }),
  metrics: [],
  history: {
    IpamdNoAvailable: 'pods refused for want of an address since the agents started, over all nodes that answered',
    IpamdEc2Errors: 'calls of EC2 that failed since the agents started, over all nodes that answered',
  },
  docs: {
    question:
      'What does ipamd itself say of its pool? Events and EC2 show the outside; its counters, read through the API server, tell the true pool, how many pods it had to refuse, and which calls of EC2 fail with which error. Opt-in (`collect.optIn: [ipamd]`), since reading pods/proxy is a permission of its own.',
    verdicts: {
      warning:
        "of a node: ipamd's pool and EC2 differ by more than `toleratedDifference`, or pods wait while addresses cool down; of the cluster: more pods were refused, or more calls of EC2 failed, than at the last reading, or at all where there is none",
      critical: 'every address of the pool is assigned and pods of the node wait',
      unknown: 'an ipamd that did not answer; a node that is not judged; no ipamd that answered; no CNI that is understood',
      notApplicable: 'nobody switched it on; Cilium, Calico, flannel or EKS Auto Mode gives pods their addresses',
    },
    evidence: {
      poolTotal: 'of a node: `awscni_total_ip_addresses`; null where ipamd does not state it',
      poolAssigned: 'of a node: `awscni_assigned_ip_addresses`',
      poolPrefixes: 'of a node: `awscni_total_ipv4_prefixes`',
      ec2Assigned: 'of a node: addresses that EC2 shows on its interfaces for pods',
      noAvailable: '`awscni_no_available_ip_addresses`: pods refused for want of an address since the agent started',
      eniAllocated: 'of a node: `awscni_eni_allocated`',
      eniMax: 'of a node: `awscni_eni_max`',
      podsWaiting: 'of a node: pods without an address',
      state: 'of a node: ok, exhausted, cooldown, differs, or uncounted',
      nodes: 'of the cluster: nodes that ipamd runs on',
      asked: 'of the cluster: ipamds that were asked, a sample of large clusters',
      answered: 'of the cluster: those that answered',
      ec2Errors:
        'of the cluster: failed calls by `api` and `code`, with `kind` (no-prefix, subnet-empty, throttled, denied, other) and `count`',
      rising: 'of the cluster: whether refused pods or failed calls became more',
    },
    sources: [
      'amazon-vpc-cni-k8s utils/prometheusmetrics/prometheusmetrics.go; pkg/awsutils/awsutils.go',
      'amazon-vpc-cni-k8s README.md, IP_COOLDOWN_PERIOD',
      'Amazon EC2 API Reference, "Error codes for the Amazon EC2 API"',
    ],
  },
  remediations: ['reserve-prefix-space', 'add-pod-subnet', 'tune-warm-targets', 'restart-cni'],
  evaluate({ inputs, optional, target, options, history }) {
    const found = vpcCniNodes({ inputs, optional, target });
    if ('findings' in found) return found;
    const { ipamd: readings } = inputs;
    const entries = new Map(found.judged.map((entry) => [entry.node.name, entry]));
    const reasons = new Map(found.unjudged.map(({ host, answer }) => [host.name, answer.reason]));
    const nodes = readings.map((reading) => {
      const notJudged = reasons.get(reading.nodeName);
      const node = { reading, entry: entries.get(reading.nodeName), ...(notJudged !== undefined && { notJudged }) };
      return ipamdNodeFinding(node, options.toleratedDifference);
    });
    if (found.judged.length === 0 && readings.length === 0) return { findings: [], metrics: [] };
    const last = (series: string) => history.points(series, ALL).at(-1);
    const past = { noAvailable: last('IpamdNoAvailable'), errors: last('IpamdEc2Errors') };
    const cluster = ipamdClusterFinding({ readings, nodes: found.judged.length, past });
    const { noAvailable, errors } = ipamdSums(readings);
    const answered = readings.some(({ metrics }) => metrics !== undefined);
    return {
      findings: [{ ...cluster, resource: { kind: 'cluster', id: target.arn, name: target.name } }, ...nodes],
      metrics: [],
      readings: answered
        ? [
            { series: 'IpamdNoAvailable', id: ALL, value: noAvailable },
            { series: 'IpamdEc2Errors', id: ALL, value: errors },
          ]
        : [],
    };
  },
});
