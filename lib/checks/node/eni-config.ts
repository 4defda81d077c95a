import * as z from 'zod';
import { eniConfigFinding } from '#lib/checks/node/eni-config-finding.ts';
import { vpcCniSettingsOf } from '#lib/checks/node/vpc-cni-nodes.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import { agreeing, plural } from '#lib/model/plural.ts';
import { dataOf, type Slice } from '#lib/model/slice.ts';
import { eniConfigUses } from '#lib/network/eni-config-problems.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';

export const check = defineCheck({
  id: 'eni-config',
  title: 'ENIConfigs of custom networking',
  area: 'node',
  severity: 'critical',
  inputs: ['cluster', 'nodes', 'daemonSets', 'eniConfigs', 'subnets'],
  optional: ['instances', 'networkInterfaces', 'securityGroups', 'nodegroups'],
  options: z.object({}),
  metrics: [],
  docs: {
    question:
      'With custom networking, does every node find its ENIConfig, and can interfaces be attached by it? The CNI takes no other subnet: a name that does not resolve, a subnet of another zone or a group that is gone leaves new nodes NotReady and pods without an address, while those that run go on. So it shows when the cluster grows into a zone, or is rolled.',
    verdicts: {
      warning:
        'an ENIConfig that no node asks for yet and that would not work; a zone where a node group may start nodes and no ENIConfig has a subnet',
      critical:
        'nodes ask for an ENIConfig that is not there, or whose subnet is none of the VPC or of another zone, or whose security groups are gone or of another VPC; custom networking together with IPv6',
      unknown:
        'nothing of that is seen, but security groups, node groups or the zone of a node were not read; no CNI that is understood',
      notApplicable: 'custom networking is off; Cilium, Calico, flannel or EKS Auto Mode gives pods their addresses',
    },
    evidence: {
      zones: 'by zone: `nodes`, and the `eniConfigs` that they ask for',
      eniConfigs:
        'every ENIConfig, and every name asked for: `name`, `subnet` (null where there is none of that name) and `nodes` that ask',
      problems:
        'what keeps interfaces from being attached: `reason` (missing, subnet-missing, wrong-zone, security-group-missing, security-group-elsewhere), `eniConfig`, `detail` and `nodes`',
      zonesWithoutConfig: 'zones where a node group may start nodes and no ENIConfig has a subnet',
      label: '`ENI_CONFIG_LABEL_DEF`: the label by which nodes name their ENIConfig',
      annotation: '`ENI_CONFIG_ANNOTATION_DEF`: the annotation, which comes first',
    },
    sources: [
      'Amazon EKS User Guide, "Customize the secondary network interface in Amazon EKS nodes" (https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network-tutorial.html)',
      'amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go; README.md, AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, ENI_CONFIG_LABEL_DEF',
    ],
  },
  remediations: ['correct-eni-config'],
  evaluate({ inputs, optional, target }) {
    const settings = vpcCniSettingsOf(inputs, target);
    if ('findings' in settings) return settings;
    const { cluster, nodes, eniConfigs } = inputs;
    if (!settings.customNetworking) {
      const idle =
        eniConfigs.length > 0
          ? `, so its ${plural(eniConfigs.length, 'ENIConfig')} ${agreeing(eniConfigs.length, 'has', 'have')} no effect`
          : '';
      return notApplicable(target, `Custom networking is off (AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG)${idle}.`);
    }
    const { instances, networkInterfaces, securityGroups, nodegroups } = optional;
    const inventory = nodeInventory(cluster.name, nodes, dataOf(instances), dataOf(networkInterfaces), undefined);
    const hosts = inventory.hosts.filter(({ node, kind }) => node !== undefined && kind === 'linux');
    const subnets = new Map(inputs.subnets.map((subnet) => [subnet.subnetId, subnet]));
    const groups = dataOf(securityGroups);
    const zonesOf = (ids: readonly string[]) => [...new Set(ids.flatMap((id) => subnets.get(id)?.availabilityZone ?? []))];
    const noZone = hosts.filter(({ availabilityZone }) => availabilityZone === undefined).length;
    const finding = eniConfigFinding({
      settings,
      uses: eniConfigUses(hosts, eniConfigs, settings),
      vpcId: cluster.vpcId,
      subnets,
      securityGroups: groups && new Map(groups.map((group) => [group.groupId, group])),
      groupZones: new Map((dataOf(nodegroups) ?? []).map((group) => [group.nodegroupName, zonesOf(group.subnets)])),
      gaps: [
        ...unread('security groups', securityGroups),
        ...unread('node groups', nodegroups),
        ...(noZone > 0 ? [`the zone of ${plural(noZone, 'node')} is not known`] : []),
      ],
    });
    return { findings: [{ ...finding, resource: { kind: 'cluster', id: target.arn, name: target.name } }], metrics: [] };
  },
});

function unread(what: string, slice: Slice<unknown>): readonly string[] {
  return slice.ok ? [] : [`the ${what} were not read (${asClause(slice.reason)})`];
}
