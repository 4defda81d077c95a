import * as z from 'zod';
import { noEndpointFinding, unseenFinding } from '#lib/checks/dns/cluster-findings.ts';
import { classFinding } from '#lib/checks/dns/source-class-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { isAutoModeNode } from '#lib/network/dns/clients.ts';
import { dnsSecurity } from '#lib/network/dns/security.ts';

export const check = defineCheck({
  id: 'dns-security-groups',
  title: 'Security groups between pods and CoreDNS',
  area: 'dns',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets', 'endpointSlices', 'networkInterfaces', 'securityGroups', 'securityGroupRules'],
  optional: ['cluster', 'subnets', 'prefixLists', 'services'],
  options: z.object({
    groupReferenceCoversPrefixes: z
      .boolean()
      .default(true)
      .describe('whether a rule that names a group matches addresses of delegated prefixes, which AWS does not document'),
    settleSeconds: z
      .number()
      .min(0)
      .default(300)
      .describe('age in seconds below which a pod may have an interface that the list of interfaces does not show yet'),
    overlay: z
      .enum(['unknown', 'not-applicable'])
      .default('unknown')
      .describe("the answer where a CNI carries pods in tunnels, so that security groups do not see the pods' traffic"),
  }),
  metrics: [
    {
      name: 'DnsBlockedClasses',
      unit: 'Count',
      per: 'cluster',
      description: 'classes of pods that security groups cut off from every CoreDNS endpoint',
      essential: true,
    },
  ],
  docs: {
    question:
      'Can every class of pod reach every CoreDNS endpoint over UDP and TCP, through all security groups involved? Pods are classed by ' +
      'the security groups and the subnet of their interface and by how they are attached: host network, the VPC CNI, custom networking, ' +
      'security groups for pods, Fargate, NodeLocal DNSCache. Security groups see the address and target port of the CoreDNS pod, never ' +
      "the Service's. Network ACLs and network policies are questions of their own and are not judged here.",
    verdicts: {
      critical:
        'a class of pods reaches no endpoint over UDP (NodeLocal DNSCache: over TCP, which it insists on), or no CoreDNS pod is ready',
      warning:
        'a class reaches some endpoints only, or none over TCP; AWS documents that disagree lead to different answers (security groups for ' +
        'pods in standard mode); or NodeLocal DNSCache runs beside pods in strict mode, which it does not support',
      unknown:
        'the answer hangs on a prefix list or a security group that was not read, or on an interface that cannot be seen; pods on Windows or ' +
        'hybrid nodes; a CNI that tunnels (`overlay`); on Auto Mode nodes, which answer DNS themselves, a gap on the way to CoreDNS',
      notApplicable: 'no running pod asks CoreDNS, or Auto Mode answers DNS on its nodes and no CoreDNS pod runs',
    },
    evidence: {
      sourceClass: 'how the pods are attached, and their subnet',
      sourceSubnet: 'their subnet',
      sourceSecurityGroups: "security groups of the pods' interfaces",
      sourceCidrs: "CIDRs of the pods' subnet; of single pods where subnets were not read",
      destination: 'CoreDNS endpoints with their target port: those that are blocked, or all where none is',
      protocol: 'the protocols that are blocked, or both where none is',
      blockedBy: '`egress of` or `ingress of` the security groups without a rule for this traffic; null where none blocks',
      missingRule:
        'the narrowest rule that closes the gap: `groupId`, `direction`, `protocols`, `fromPort`, `toPort` and `referencedGroupId` or ' +
        '`cidrs`; null where no rule is missing',
      furtherRules: 'rules that are needed beside it, where both sides block or endpoints differ',
      pods: 'pods of the class',
      podsBlocked: 'those that reach no endpoint at all',
      endpoints: 'CoreDNS endpoints that are ready',
      notReady: 'CoreDNS endpoints that are not, where none is ready',
      reasons: 'why pods cannot be classed, each with their number and an example',
      cni: 'the CNI that tunnels',
    },
    sources: [
      'Amazon VPC User Guide, "Security group rules"',
      'Amazon EKS User Guide, "View Amazon EKS security group requirements for clusters"',
      'EKS Best Practices Guide, "Security groups per pod"',
      'github.com/aws/amazon-vpc-cni-k8s, README.md and pkg/networkutils/network.go',
      'github.com/kubernetes/kubernetes, cluster/addons/dns/nodelocaldns',
    ],
  },
  remediations: ['allow-dns'],
  evaluate({ inputs, optional, options, target, now }) {
    const security = dnsSecurity(
      {
        ...inputs,
        prefixLists: optional.prefixLists.ok ? optional.prefixLists.data : undefined,
        subnets: optional.subnets.ok ? optional.subnets.data : undefined,
      },
      {
        groupsCoverPrefixes: options.groupReferenceCoversPrefixes,
        settledBefore: new Date(now.getTime() - 1000 * options.settleSeconds).toISOString(),
      },
    );
    const { overlay, classes, endpoints, unseen, young } = security;
    if (overlay !== undefined) {
      const reason = `${overlay} carries pods outside the VPC's interfaces: security groups see only nodes that talk to nodes.`;
      return options.overlay === 'unknown' ? undecided(target, reason, { cni: overlay }) : notApplicable(target, reason);
    }
    if (classes.length === 0 && unseen.size === 0) {
      if (young > 0)
        return undecided(target, `All ${young} pods are too young for their interfaces to be known.`, { pods: young });
      return notApplicable(target, 'No running pod asks CoreDNS.');
    }
    if (endpoints.ready.length > 0) {
      const findings = classes.map(classFinding);
      const blocked = findings.filter(({ verdict }) => verdict === 'critical').length;
      return {
        findings: [...findings, ...unseenFinding(target, unseen)],
        metrics: [{ name: 'DnsBlockedClasses', value: blocked }],
      };
    }
    if (inputs.nodes.every(isAutoModeNode)) return notApplicable(target, AUTO_MODE_ANSWERS);
    const finding = noEndpointFinding(target, security, {
      autoMode: inputs.nodes.some(isAutoModeNode) || (optional.cluster.ok && optional.cluster.data.autoMode),
      serviceExists: optional.services.ok && optional.services.data.some(({ name }) => name === 'kube-dns'),
    });
    const blocked = finding.verdict === 'critical' ? classes.length : 0;
    return {
      findings: [finding],
      metrics: finding.verdict === 'critical' ? [{ name: 'DnsBlockedClasses', value: blocked }] : [],
    };
  },
});

const AUTO_MODE_ANSWERS = "No CoreDNS pod runs, and every node is Auto Mode's, which answers DNS itself.";
