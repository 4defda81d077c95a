/** One node, one pod, every AWS and Kubernetes call that a collection makes, answered by hand; a test overrides what it is about. */
import type { ServerResponse } from 'node:http';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { type CollectOptions, collect } from '#lib/collect/collect.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { type AwsReply, anAwsEndpoint, sendXml } from '#test/collect/aws/an-aws-endpoint.ts';
import { anApiServer, type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';

export const TARGET: Target = {
  account: ACCOUNT,
  region: REGION,
  name: 'shop-prod',
  arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop-prod`,
};

const GROUP = '<item><groupId>sg-1</groupId><groupName>cluster</groupName><vpcId>vpc-1</vpcId></item>';
const TYPE = `<item><instanceType>m5.large</instanceType><bareMetal>false</bareMetal><hypervisor>nitro</hypervisor>
  <vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><networkInfo><maximumNetworkInterfaces>3</maximumNetworkInterfaces>
  <ipv4AddressesPerInterface>10</ipv4AddressesPerInterface></networkInfo></item>`;
const ENI = `<item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-a</subnetId><vpcId>vpc-1</vpcId>
  <availabilityZone>eu-west-1a</availabilityZone><status>in-use</status><privateIpAddressesSet>
  <item><privateIpAddress>10.0.0.11</privateIpAddress><primary>false</primary></item>
  <item><privateIpAddress>10.0.0.10</privateIpAddress><primary>true</primary></item></privateIpAddressesSet>
  <ipv4PrefixSet><item><ipv4Prefix>10.0.0.32/28</ipv4Prefix></item></ipv4PrefixSet>
  <groupSet><item><groupId>sg-1</groupId></item></groupSet>
  <attachment><instanceId>i-1</instanceId><deviceIndex>0</deviceIndex><status>attached</status></attachment></item>`;
const INSTANCE = `<item><instancesSet><item><instanceId>i-1</instanceId><instanceType>m5.large</instanceType>
  <instanceState><code>16</code><name>running</name></instanceState><subnetId>subnet-a</subnetId><vpcId>vpc-1</vpcId></item></instancesSet></item>`;

export const EC2_ANSWERS: Readonly<Record<string, string>> = {
  DescribeVpcs: '<vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet>',
  DescribeSubnets: `<subnetSet><item><subnetId>subnet-a</subnetId><vpcId>vpc-1</vpcId><availabilityZone>eu-west-1a</availabilityZone>
    <cidrBlock>10.0.0.0/24</cidrBlock><availableIpAddressCount>200</availableIpAddressCount></item>
    <item><subnetId>subnet-far</subnetId><vpcId>vpc-1</vpcId><availabilityZone>eu-west-1b</availabilityZone>
    <cidrBlock>10.0.1.0/24</cidrBlock><availableIpAddressCount>251</availableIpAddressCount></item></subnetSet>`,
  DescribeInstances: `<reservationSet>${INSTANCE}</reservationSet>`,
  DescribeInstanceTypes: `<instanceTypeSet>${TYPE}</instanceTypeSet>`,
  DescribeNetworkInterfaces: `<networkInterfaceSet>${ENI}</networkInterfaceSet>`,
  DescribeSecurityGroups: `<securityGroupInfo>${GROUP}</securityGroupInfo>`,
  DescribeSecurityGroupRules: `<securityGroupRuleSet><item><securityGroupRuleId>sgr-1</securityGroupRuleId><groupId>sg-1</groupId>
    <isEgress>true</isEgress><ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort><prefixListId>pl-1</prefixListId></item></securityGroupRuleSet>`,
  DescribeNetworkAcls:
    '<networkAclSet><item><networkAclId>acl-1</networkAclId><vpcId>vpc-1</vpcId><default>true</default></item></networkAclSet>',
  GetSubnetCidrReservations: '<subnetIpv4CidrReservationSet/>',
  GetManagedPrefixListEntries: '<entrySet><item><cidr>10.9.0.0/16</cidr></item></entrySet>',
};

const CLUSTER = {
  name: TARGET.name,
  arn: TARGET.arn,
  status: 'ACTIVE',
  version: '1.33',
  resourcesVpcConfig: { vpcId: 'vpc-1', subnetIds: ['subnet-a'], clusterSecurityGroupId: 'sg-1', endpointPublicAccess: false },
};

const INSIGHT = {
  id: 'skew',
  name: 'Kubelet version skew',
  category: 'UPGRADE_READINESS',
  insightStatus: { status: 'WARNING', reason: 'Kubelets are a version behind.' },
};

export const EKS_ANSWERS: Readonly<Record<string, object>> = {
  'GET /clusters/shop-prod': { cluster: CLUSTER },
  'GET /clusters/shop-prod/node-groups?maxResults=100': { nodegroups: ['general'] },
  'GET /clusters/shop-prod/node-groups/general': {
    nodegroup: { nodegroupName: 'general', status: 'ACTIVE', resources: { autoScalingGroups: [{ name: 'eks-general' }] } },
  },
  'GET /clusters/shop-prod/addons?maxResults=100': { addons: ['vpc-cni'] },
  'POST /clusters/shop-prod/insights': { insights: [INSIGHT] },
  'GET /clusters/shop-prod/insights/skew': { insight: { ...INSIGHT, recommendation: 'Update the nodes.' } },
  'GET /clusters/shop-prod/addons/vpc-cni': { addon: { addonName: 'vpc-cni', configurationValues: '{}' } },
};

/** Lists by path; a path that is not here is served and empty. */
const OBJECTS: Readonly<Record<string, readonly object[]>> = {
  '/api/v1/nodes': [{ metadata: { name: 'node-1' }, spec: { providerID: 'aws:///eu-west-1a/i-1' } }],
  '/api/v1/pods': [
    { metadata: { name: 'web-1', namespace: 'default' }, spec: { nodeName: 'node-1' }, status: { phase: 'Running' } },
  ],
  '/apis/apps/v1/daemonsets': [
    {
      metadata: { name: 'aws-node', namespace: 'kube-system' },
      spec: { template: { spec: { containers: [{ name: 'aws-node', image: 'amazon-k8s-cni:v1.20.4' }] } } },
    },
  ],
};

export const KUBERNETES: Reply = (response, { pathname }) => {
  if (pathname === '/apis')
    return sendJson(response, {
      kind: 'APIGroupList',
      groups: [{ name: 'crd.k8s.amazonaws.com', versions: [{ version: 'v1alpha1' }] }],
    });
  const [, configMap] = /\/configmaps\/([^/]+)$/.exec(pathname) ?? [];
  if (configMap !== undefined) return sendConfigMap(response, configMap);
  sendJson(response, { kind: 'List', metadata: {}, items: OBJECTS[pathname] ?? [] });
};

/** CoreDNS's is there, and no other. */
function sendConfigMap(response: ServerResponse, name: string): void {
  const metadata = { name, namespace: 'kube-system' };
  const details = { name, kind: 'configmaps' };
  if (name === 'coredns') sendJson(response, { kind: 'ConfigMap', metadata, data: { Corefile: '.:53 {\n}\n' } });
  else sendJson(response, { ...status(404, `configmaps "${name}" not found`), reason: 'NotFound', details }, 404);
}

/** The first of these was raised; AWS's default holds for the others. */
const QUOTAS: readonly AwsReply[] = [
  (response) =>
    sendJson(response, { Quota: { ServiceCode: 'vpc', QuotaCode: 'L-DF5E4CA3', QuotaName: 'Interfaces', Value: 9_000 } }),
  (response) => sendJson(response, { __type: 'NoSuchResourceException', message: 'no such quota' }, 400),
];
const RAISED = 'L-DF5E4CA3';

export const AWS: AwsReply = (response, operation, form) => {
  const eks = EKS_ANSWERS[operation];
  if (eks !== undefined) return sendJson(response, eks);
  if (operation === 'GetAWSDefaultServiceQuota')
    return sendJson(response, {
      Quota: { ServiceCode: 'vpc', QuotaCode: form.get('QuotaCode'), QuotaName: 'Default', Value: 60 },
    });
  if (operation === 'GetServiceQuota') return QUOTAS[form.get('QuotaCode') === RAISED ? 0 : 1]?.(response, operation, form);
  if (operation === 'DescribeScalingActivities') return sendActivities(response);
  const ec2 = EC2_ANSWERS[operation];
  if (ec2 === undefined) return sendJson(response, status(400, `no answer for ${operation}`), 400);
  sendXml(response, operation, ec2);
};

function sendActivities(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities>${['Failed', 'Successful']
      .map(
        (code) => `<member><ActivityId>a-${code}</ActivityId><AutoScalingGroupName>eks-general</AutoScalingGroupName>
      <StatusCode>${code}</StatusCode><StartTime>2026-11-24T02:00:00Z</StartTime></member>`,
      )
      .join('')}</Activities></DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>`,
  );
}

export interface Collected {
  readonly snapshot: Snapshot;
  /** EC2 actions and EKS paths. */
  readonly aws: readonly string[];
  /** Paths with their queries. */
  readonly kubernetes: readonly string[];
}

/** Collects the small cluster, answered by these. */
export async function collectSmall(
  given: { aws?: AwsReply; kubernetes?: Reply; options?: (api: { url: string }) => Partial<CollectOptions> } = {},
): Promise<Collected> {
  const endpoint = await anAwsEndpoint(given.aws ?? AWS);
  const api = await anApiServer(given.kubernetes ?? KUBERNETES);
  const settings = {
    region: REGION,
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const aws = {
    eks: new EKSClient(settings),
    ec2: new EC2Client(settings),
    autoScaling: new AutoScalingClient(settings),
    serviceQuotas: new ServiceQuotasClient(settings),
  };
  try {
    const snapshot = await collect(TARGET, {
      aws,
      kubernetes: async () => ({ server: api.url, tls: {}, authorization: async () => undefined }),
      deadlineMs: 60_000,
      ...given.options?.(api),
    });
    return { snapshot, aws: [...endpoint.operations], kubernetes: [...api.requests] };
  } finally {
    for (const client of Object.values(aws)) client.destroy();
    await Promise.all([endpoint.close(), api.close()]);
  }
}
