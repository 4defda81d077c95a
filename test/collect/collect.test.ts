import { describe, expect, it } from 'vitest';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { Progress } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { parseSnapshot, SLICE_KEYS, type SliceKey, type Snapshot } from '#lib/model/snapshot.ts';
import { AWS, collectSmall, EKS_ANSWERS, KUBERNETES } from '#test/collect/a-small-cluster.ts';
import { type AwsReply, sendEc2Error, sendEksError, sendXml } from '#test/collect/aws/an-aws-endpoint.ts';
import { type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';

/** Keys of the slices that failed, with their codes. */
function failures({ slices }: Snapshot): Partial<Record<SliceKey, string>> {
  return Object.fromEntries(
    SLICE_KEYS.flatMap((key) => (slices[key].ok || slices[key].code === 'NotEnabled' ? [] : [[key, slices[key].code]])),
  );
}

const OF_KUBERNETES: readonly SliceKey[] = [
  'nodes',
  'pods',
  'events',
  'daemonSets',
  'deployments',
  'configMaps',
  'services',
  'endpointSlices',
  'namespaces',
  'networkPolicies',
  'eniConfigs',
  'cniNodes',
  'securityGroupPolicies',
  'cniResources',
  'policyResources',
  'nodeClaims',
  'nodePools',
  'nodeClasses',
];

function eachOf(keys: readonly SliceKey[], code: string): Partial<Record<SliceKey, string>> {
  return Object.fromEntries(keys.map((key) => [key, code]));
}

/** `apps daemonsets` of `/apis/apps/v1/namespaces/x/daemonsets/name?limit=500`; the core group is empty. */
function groupAndResource(path: string): string {
  const parts = new URL(path, 'http://localhost').pathname.split('/').filter(Boolean);
  const namespace = parts.indexOf('namespaces');
  const resource = namespace > 0 && parts.length > namespace + 2 ? parts[namespace + 2] : parts.at(-1);
  return `${parts[0] === 'apis' && parts.length > 1 ? parts[1] : ''} ${resource}`;
}

/** Answers one EC2 action or EKS path in another way. */
function awsExcept(operation: string, reply: AwsReply): AwsReply {
  return (response, asked, form) => (asked === operation ? reply : AWS)(response, asked, form);
}

function kubernetesExcept(path: string, reply: Reply): Reply {
  return (response, url, count) => (url.pathname === path ? reply : KUBERNETES)(response, url, count);
}

describe('collect', () => {
  it('gives a Snapshot that its own parser takes', async () => {
    const { snapshot } = await collectSmall({ options: () => ({ now: () => new Date('2026-11-24T03:00:00Z') }) });
    expect(failures(snapshot)).toEqual({});
    expect(snapshot.takenAt).toBe('2026-11-24T03:00:00.000Z');
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(JSON.parse(JSON.stringify(snapshot)));
    expect(snapshot.slices.networkInterfaces).toMatchObject({
      data: [{ networkInterfaceId: 'eni-1', privateIpAddresses: ['10.0.0.10', '10.0.0.11'], ipv4Prefixes: ['10.0.0.32/28'] }],
    });
    expect(snapshot.slices.prefixLists).toEqual({ ok: true, data: [{ prefixListId: 'pl-1', cidrs: ['10.9.0.0/16'] }] });
    expect(snapshot.slices.eniConfigs).toEqual({ ok: true, data: [] });
    expect(snapshot.slices.cniNodes).toEqual({ ok: true, data: [], absent: true });
  });

  it('asks AWS for exactly what the collectors declare', async () => {
    const { snapshot, aws } = await collectSmall();
    const made = new Set(
      snapshot.collectors.flatMap(({ calls }) => Object.keys(calls)).filter((call) => !call.startsWith('GET ')),
    );
    expect([...made].sort()).toEqual(READ_PERMISSIONS.aws.map(({ action }) => action));
    const counted = snapshot.collectors
      .flatMap(({ calls }) => Object.entries(calls))
      .filter(([call]) => !call.startsWith('GET '));
    expect(counted.reduce((sum, [, count]) => sum + count, 0)).toBe(aws.length);
  });

  it('asks Kubernetes for exactly what the collectors declare', async () => {
    const declared = READ_PERMISSIONS.kubernetes.flatMap(({ apiGroup, resources }) =>
      resources.map((resource) => ({ apiGroup, resource })),
    );
    const groups = Map.groupBy(declared, ({ apiGroup }) => apiGroup);
    const discovery = {
      kind: 'APIGroupDiscoveryList',
      items: [...groups].map(([name, resources]) => ({ metadata: { name }, versions: [{ version: 'v1', resources }] })),
    };
    // Calico's second group is asked for where the first does not serve its kinds.
    const second = { ...discovery, items: discovery.items.filter(({ metadata }) => metadata.name !== 'crd.projectcalico.org') };
    const asked = new Set<string>();
    for (const served of [discovery, second]) {
      const { kubernetes } = await collectSmall({
        kubernetes: kubernetesExcept('/apis', (response) => sendJson(response, served)),
      });
      for (const path of kubernetes) asked.add(groupAndResource(path));
    }
    asked.delete(' apis');
    expect([...asked].sort()).toEqual(declared.map(({ apiGroup, resource }) => `${apiGroup} ${resource}`).sort());
  });

  it('asks only for the interfaces and reservations of the subnets that the cluster can use', async () => {
    const asked: string[] = [];
    await collectSmall({
      aws: (response, operation, form) => {
        // By their owner they are counted for the quota of the Region.
        const isCount = form.get('Filter.1.Name') === 'owner-id';
        const subnet = form.get('Filter.1.Value.1') ?? form.get('SubnetId');
        if (/NetworkInterfaces|Reservations/.test(operation) && subnet !== null && !isCount) asked.push(subnet);
        AWS(response, operation, form);
      },
    });
    expect(asked).toEqual(['subnet-a', 'subnet-a']);
  });

  it('asks for the whole VPC where it cannot know which subnets those are', async () => {
    const asked = new Set<string | null>();
    await collectSmall({
      kubernetes: kubernetesExcept('/apis', (response) => sendJson(response, status(403, 'no'), 403)),
      aws: (response, operation, form) => {
        if (operation === 'GetSubnetCidrReservations') asked.add(form.get('SubnetId'));
        AWS(response, operation, form);
      },
    });
    expect(asked).toEqual(new Set(['subnet-a', 'subnet-far']));
  });

  it('looks by id for the instances of nodes that bear no tag of the cluster', async () => {
    const filters: (string | null)[] = [];
    await collectSmall({
      aws: (response, operation, form) => {
        if (operation !== 'DescribeInstances') return AWS(response, operation, form);
        filters.push(form.get('Filter.1.Name'));
        if (filters.length === 1) sendXml(response, operation, '<reservationSet/>');
        else AWS(response, operation, form);
      },
    });
    expect(filters).toEqual(['tag-key', 'instance-id']);
  });

  it('finds the VPC by the subnets where EKS does not name it', async () => {
    const { cluster } = EKS_ANSWERS['GET /clusters/shop-prod'] as { cluster: { resourcesVpcConfig: object } };
    const without = { cluster: { ...cluster, resourcesVpcConfig: { subnetIds: ['subnet-a'] } } };
    const { snapshot } = await collectSmall({
      aws: awsExcept('GET /clusters/shop-prod', (response) => sendJson(response, without)),
    });
    expect(snapshot.slices.cluster).toMatchObject({ data: { vpcId: 'vpc-1' } });
    expect(failures(snapshot)).toEqual({});
  });

  it('tells of its progress', async () => {
    const seen: Progress[] = [];
    await collectSmall({ options: () => ({ onProgress: (progress) => seen.push(progress) }) });
    const states = (key: SliceKey) => seen.filter((progress) => progress.key === key).map(({ state }) => state);
    expect(states('pods')).toEqual(['started', 'page', 'done']);
    expect(states('cluster')).toEqual(['started', 'done']);
    expect(seen).toContainEqual({ key: 'pods', state: 'done', items: 1 });
  });

  it('reports calls and pages by collector', async () => {
    const { snapshot } = await collectSmall();
    const report = snapshot.collectors.find(({ id }) => id === 'nodegroups');
    expect(report).toMatchObject({ ok: true, calls: { 'eks:ListNodegroups': 1, 'eks:DescribeNodegroup': 1 }, pages: 1 });
    expect(snapshot.collectors.map(({ id }) => id)).toEqual(SLICE_KEYS.filter((key) => !COLLECTORS[key].optIn));
  });

  it('leaves out a node group that is deleted meanwhile', async () => {
    const { snapshot } = await collectSmall({
      aws: awsExcept('GET /clusters/shop-prod/node-groups/general', (response) =>
        sendEksError(response, 404, 'ResourceNotFoundException', 'No node group found'),
      ),
    });
    expect(snapshot.slices.nodegroups).toEqual({ ok: true, data: [] });
  });

  it('marks a prefix list of another account as unreadable, and reads the rest', async () => {
    const { snapshot } = await collectSmall({
      aws: awsExcept('GetManagedPrefixListEntries', (response) =>
        sendEc2Error(response, 400, 'InvalidPrefixListID.NotFound', "The prefix list 'pl-1' does not exist"),
      ),
    });
    expect(snapshot.slices.prefixLists).toMatchObject({
      data: [{ prefixListId: 'pl-1', unreadable: expect.stringContaining('does not exist') }],
    });
  });
});

describe('collect, where a source fails,', () => {
  const denied: AwsReply = (response) => sendEc2Error(response, 403, 'UnauthorizedOperation', 'You are not authorized');

  it('goes on with every other source', async () => {
    const { snapshot } = await collectSmall({ aws: awsExcept('DescribeNetworkAcls', denied) });
    expect(failures(snapshot)).toEqual({ networkAcls: 'AccessDenied' });
    const report = snapshot.collectors.find(({ id }) => id === 'networkAcls');
    expect(report).toMatchObject({ ok: false, code: 'AccessDenied', remedy: expect.stringContaining('ec2:DescribeNetworkAcls') });
  });

  it('names the need of those that cannot work without it', async () => {
    const { snapshot } = await collectSmall({ aws: awsExcept('DescribeNetworkInterfaces', denied) });
    expect(failures(snapshot)).toEqual({
      networkInterfaces: 'AccessDenied',
      securityGroups: 'InputMissing',
      securityGroupRules: 'InputMissing',
      prefixLists: 'InputMissing',
    });
    expect(snapshot.slices.prefixLists).toMatchObject({
      reason: expect.stringMatching(/networkInterfaces could not be read: ec2:DescribeNetworkInterfaces was denied/),
      remedy: expect.stringContaining('ec2:DescribeNetworkInterfaces'),
    });
  });

  const wholeFailures: readonly [string, Parameters<typeof collectSmall>[0], Partial<Record<SliceKey, string>>][] = [
    [
      'an unknown cluster',
      {
        aws: (response, operation, form) =>
          /^(GET|POST) /.test(operation)
            ? sendEksError(response, 404, 'ResourceNotFoundException', 'No cluster found for name: shop-prod.')
            : AWS(response, operation, form),
      },
      {
        ...eachOf(['cluster', 'nodegroups', 'addons', 'insights'], 'ClusterNotFound'),
        ...eachOf(['vpc', 'subnets', 'networkInterfaces', 'securityGroups', 'securityGroupRules'], 'InputMissing'),
        ...eachOf(['networkAcls', 'subnetCidrReservations', 'prefixLists'], 'InputMissing'),
      },
    ],
    [
      '401 from Kubernetes',
      { kubernetes: (response) => sendJson(response, status(401, 'Unauthorized'), 401) },
      { ...eachOf(OF_KUBERNETES, 'Unauthorized'), podMetrics: 'InputMissing' },
    ],
    [
      '403 from Kubernetes on one kind',
      { kubernetes: kubernetesExcept('/api/v1/pods', (response) => sendJson(response, status(403, 'pods is forbidden'), 403)) },
      { pods: 'Forbidden' },
    ],
    [
      'HTML from Kubernetes',
      { kubernetes: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>') },
      { ...eachOf(OF_KUBERNETES, 'UnexpectedResponse'), podMetrics: 'InputMissing' },
    ],
    [
      'a way into Kubernetes that cannot be found',
      {
        options: () => ({
          kubernetes: () => Promise.reject(new ReadFailure('InputMissing', 'the kubeconfig does not exist', 'give another')),
        }),
      },
      { ...eachOf(OF_KUBERNETES, 'InputMissing'), podMetrics: 'InputMissing' },
    ],
    [
      'an API server that cannot be reached',
      {
        options: () => ({
          kubernetes: async () => ({ server: 'http://127.0.0.1:9', tls: {}, authorization: async () => undefined }),
        }),
      },
      { ...eachOf(OF_KUBERNETES, 'ClusterUnreachable'), podMetrics: 'InputMissing' },
    ],
    [
      'a page token of EC2 that loops',
      {
        aws: awsExcept('DescribeNetworkAcls', (response, operation) =>
          sendXml(response, operation, '<networkAclSet/><nextToken>again</nextToken>'),
        ),
      },
      { networkAcls: 'PageTokenLoop' },
    ],
    [
      'a page token of Kubernetes that loops',
      {
        kubernetes: kubernetesExcept('/api/v1/events', (response) =>
          sendJson(response, { kind: 'EventList', metadata: { continue: 'x' }, items: [] }),
        ),
      },
      { events: 'PageTokenLoop' },
    ],
    [
      'an answer of EC2 that lacks a field',
      {
        aws: awsExcept('DescribeNetworkAcls', (response, operation) =>
          sendXml(response, operation, '<networkAclSet><item/></networkAclSet>'),
        ),
      },
      { networkAcls: 'UnexpectedResponse' },
    ],
  ];
  it.each(wholeFailures)('states %s', async (_, given, expected) => {
    const { snapshot } = await collectSmall(given);
    expect(failures(snapshot)).toEqual(expected);
    for (const report of snapshot.collectors.filter(({ ok }) => !ok)) {
      expect(report.reason).toMatch(/\S/);
      expect(report.remedy).toMatch(/\S/);
      expect(report.reason).not.toMatch(/\n|\bat .*:\d+/);
    }
    expect(() => parseSnapshot(JSON.stringify(snapshot))).not.toThrow();
  });

  it('says from where a private endpoint can be reached', async () => {
    const server = 'http://127.0.0.1:9';
    const { cluster } = EKS_ANSWERS['GET /clusters/shop-prod'] as { cluster: object };
    const { snapshot } = await collectSmall({
      aws: awsExcept('GET /clusters/shop-prod', (response) => sendJson(response, { cluster: { ...cluster, endpoint: server } })),
      options: () => ({ kubernetes: async () => ({ server, tls: {}, authorization: async () => undefined }) }),
    });
    expect(snapshot.slices.pods).toMatchObject({
      code: 'ClusterUnreachable',
      reason: expect.stringContaining(server),
      remedy: expect.stringMatching(/The endpoint is private: run cniwatch in VPC vpc-1 .* TCP 443 open to sg-1/),
    });
  });

  it('gives up at the deadline, with what it has', async () => {
    const { snapshot } = await collectSmall({
      kubernetes: kubernetesExcept('/api/v1/pods', () => undefined),
      options: () => ({ deadlineMs: 1_000 }),
    });
    expect(snapshot.slices.pods).toMatchObject({
      ok: false,
      code: 'DeadlineExceeded',
      remedy: expect.stringMatching(/more time/),
    });
    expect(() => parseSnapshot(JSON.stringify(snapshot))).not.toThrow();
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const { snapshot } = await collectSmall({
      kubernetes: kubernetesExcept('/api/v1/pods', () => controller.abort()),
      options: () => ({ signal: controller.signal }),
    });
    expect(snapshot.slices.pods).toMatchObject({ ok: false, code: 'Cancelled' });
  });

  it('asks nothing when it was cancelled before', async () => {
    const { snapshot, aws, kubernetes } = await collectSmall({ options: () => ({ signal: AbortSignal.abort() }) });
    const asked = SLICE_KEYS.filter((key) => !COLLECTORS[key].optIn);
    expect(failures(snapshot)).toEqual(eachOf(asked, 'Cancelled'));
    expect([...aws, ...kubernetes]).toEqual([]);
  });
});
