import * as z from 'zod';
import { unseenFinding } from '#lib/checks/dns/cluster-findings.ts';
import { subnetFinding } from '#lib/checks/dns/subnet-acl-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { EPHEMERAL_PORTS } from '#lib/network/acl/network-acl-path.ts';
import { dnsAcls } from '#lib/network/dns/acls.ts';

export const check = defineCheck({
  id: 'dns-network-acls',
  title: 'Network ACLs between pods and CoreDNS',
  area: 'dns',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets', 'endpointSlices', 'networkInterfaces', 'networkAcls'],
  optional: ['subnets'],
  options: z.object({
    ephemeralPorts: z
      .enum(['linux', 'any'])
      .default('linux')
      .describe(
        'the ports that replies go to: linux is 32768 to 60999, which the kernel takes unless told otherwise; any is 1024 to 65535',
      ),
    settleSeconds: z
      .number()
      .min(0)
      .default(300)
      .describe('age in seconds below which a pod may have an interface that the list of interfaces does not show yet'),
  }),
  metrics: [],
  docs: {
    question:
      'Can pods of every subnet reach every CoreDNS endpoint in another one, over UDP and TCP, and do the answers come back? Network ' +
      'ACLs are stateless and asked wherever traffic leaves or enters a subnet, so an answer needs rules of its own for the ports that ' +
      'pods take. Pods beside CoreDNS on a node, or in its subnet, meet none. Security groups and network policies are questions of their own.',
    verdicts: {
      critical:
        'pods of the subnet reach no endpoint over UDP (NodeLocal DNSCache: over TCP, which it insists on), or hear no answer from any',
      warning:
        'they reach some endpoints only, or none over TCP; or answers to some of the ports of `ephemeralPorts` are dropped',
      unknown:
        'the ACL of a subnet on the way was not read, or an interface cannot be seen; on Auto Mode nodes, which answer DNS themselves, a gap',
      notApplicable:
        'no running pod asks CoreDNS, no CoreDNS pod is ready, or a CNI carries pods in tunnels that ACLs do not look into',
    },
    evidence: {
      sourceClass: 'how the pods are attached',
      sourceSubnet: 'the subnet of their interfaces',
      sourceCidrs: 'its CIDRs; empty where subnets were not read',
      destination: 'CoreDNS endpoints with their target port: those that are blocked, or all where none is',
      protocol: 'the protocols that are blocked, or both where none is',
      blockedBy: 'each ACL that drops something, with its direction, its rule and, of answers, the ports; null where none does',
      missingEntries:
        'entries that would open it: `networkAclId`, `direction`, `protocol`, `fromPort`, `toPort`, `cidr`, and `below`, the rule that ' +
        'they must come before, or null',
      pods: 'pods of the subnet that ask CoreDNS',
      podsBlocked: 'those that reach no endpoint at all',
      endpoints: 'CoreDNS endpoints that are ready',
      reasons: 'why the interfaces of pods cannot be told, each with their number and an example',
    },
    sources: [
      'Amazon VPC User Guide, "Control subnet traffic with network access control lists"',
      'Amazon VPC User Guide, "Ephemeral ports"',
      'github.com/kubernetes/kubernetes, cluster/addons/dns/nodelocaldns',
    ],
  },
  remediations: [],
  evaluate({ inputs, optional, options, target, now }) {
    const acls = dnsAcls(
      { ...inputs, subnets: dataOf(optional.subnets) },
      {
        ephemeral: EPHEMERAL_PORTS[options.ephemeralPorts],
        settledBefore: new Date(now.getTime() - 1000 * options.settleSeconds).toISOString(),
      },
    );
    const { overlay, endpoints, subnets, unseen, young } = acls;
    if (overlay !== undefined) {
      return notApplicable(target, `${overlay} carries pods outside the VPC's interfaces: network ACLs see nodes talk to nodes.`);
    }
    if (subnets.size === 0 && unseen.size === 0) {
      if (young > 0)
        return undecided(target, `All ${young} pods are too young for their interfaces to be known.`, { pods: young });
      return notApplicable(target, 'No running pod asks CoreDNS.');
    }
    if (endpoints.ready.length === 0) {
      return notApplicable(target, 'No CoreDNS pod is ready: there is no way to judge, and other checks say so.');
    }
    return {
      findings: [
        ...[...subnets].map(([subnetId, reaches]) => subnetFinding(subnetId, reaches)),
        ...unseenFinding(target, unseen, 'network ACLs'),
      ],
      metrics: [],
    };
  },
});
