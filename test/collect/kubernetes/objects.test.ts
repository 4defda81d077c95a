/** What of each kind of object is kept, from the shapes that API servers send. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import { toDiscovery } from '#lib/collect/kubernetes/discovery.ts';
import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesList, KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { isPartlyRead, type NeededSlices } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { type SliceKey, snapshotSchema } from '#lib/model/snapshot.ts';
import { replaced } from '#test/scenarios/replaced.ts';
import { aSnapshot, awsNode } from '#test/scenarios/slices.ts';

const CREATED = '2026-11-20T00:00:00Z';

/** Of the collectors that list several kinds, the one whose objects are given. */
const ONE_OF_MANY: Partial<Record<SliceKey, string>> = { cniResources: 'ciliumnodes', policyResources: 'ciliumnetworkpolicies' };

/** Runs one collector over these objects, at every path; whatever it gives must be what the Snapshot's schema takes. */
async function kept(key: SliceKey, items: readonly JsonObject[], slices = aSnapshot().slices): Promise<unknown> {
  const lists: KubernetesList[] = [];
  const only = ONE_OF_MANY[key];
  const groups = ['crd.k8s.amazonaws.com', 'vpcresources.k8s.aws', 'cilium.io', 'eks.amazonaws.com'].map((name) => ({
    name,
    versions: [{ version: 'v1' }],
  }));
  const kubernetes: KubernetesReader = {
    list: async (list, map) => {
      lists.push(list);
      return only !== undefined && list.resource !== only ? [] : items.map(map);
    },
    get: async () => items[0],
    text: async () => '',
    discovery: async () =>
      toDiscovery(
        { kind: 'APIGroupList', groups },
        { operation: '', apiGroup: '', resource: '', server: '', advice: { unreachable: '', unauthorized: '' } },
      ),
  };
  const answer = await COLLECTORS[key].collect({ kubernetes } as Sources, slices as NeededSlices<SliceKey>);
  const { data, ...partly } = isPartlyRead<unknown>(answer) ? answer : { data: answer };
  // As it is stored: JSON leaves out what is undefined.
  const snapshot: unknown = JSON.parse(JSON.stringify(aSnapshot({ [key]: { ok: true, data, ...partly } })));
  expect(snapshotSchema.safeParse(snapshot).error).toBeUndefined();
  return data;
}

const meta = (name: string, over: object = {}) => ({ name, creationTimestamp: CREATED, uid: 'u', ...over });

const whole: readonly [SliceKey, string, JsonObject, object][] = [
  [
    'nodeClasses',
    'a NodeClass of EKS Auto Mode',
    {
      metadata: meta('strict'),
      spec: {
        role: 'nodes',
        networkPolicy: 'DefaultDeny',
        networkPolicyEventLogs: 'Enabled',
        snatPolicy: 'Disabled',
        advancedNetworking: { ipv4PrefixSize: '32', associatePublicIPAddress: false },
      },
    },
    { name: 'strict', networkPolicy: 'DefaultDeny', snatPolicy: 'Disabled', ipv4PrefixSize: '32' },
  ],
  ['nodeClasses', 'a NodeClass that sets nothing', { metadata: meta('default') }, { name: 'default' }],
  [
    'nodes',
    'an EC2 node',
    {
      metadata: meta('node-1', {
        labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' },
        annotations: {
          'csi.volume.kubernetes.io/nodeid': '{}',
          'k8s.amazonaws.com/eniConfig': 'pods-a',
          'vpc.amazonaws.com/node-id': 'x',
          'flannel.alpha.coreos.com/public-ip': '10.0.0.10',
          'projectcalico.org/IPv4Address': '10.0.0.10/24',
          'network.cilium.io/ipv4-cilium-host': '10.0.0.12',
        },
      }),
      spec: {
        providerID: 'aws:///eu-west-1a/i-0abc12',
        podCIDR: '10.244.1.0/24',
        podCIDRs: ['10.244.1.0/24'],
        unschedulable: true,
        taints: [
          { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
          { key: 'cordoned', effect: 'NoSchedule' },
        ],
      },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.10' },
          { type: 'Hostname', address: 'node-1' },
        ],
        allocatable: { pods: '110', 'vpc.amazonaws.com/pod-eni': '9', cpu: '1930m' },
        conditions: [
          { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'm'.repeat(3000), lastTransitionTime: CREATED },
        ],
        nodeInfo: {
          kubeletVersion: 'v1.33.5',
          kernelVersion: '6.1',
          osImage: 'AL2023',
          operatingSystem: 'linux',
          architecture: 'arm64',
        },
        images: [{ names: ['big'] }],
      },
    },
    {
      name: 'node-1',
      labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' },
      annotations: {
        'k8s.amazonaws.com/eniConfig': 'pods-a',
        'vpc.amazonaws.com/node-id': 'x',
        'flannel.alpha.coreos.com/public-ip': '10.0.0.10',
        'projectcalico.org/IPv4Address': '10.0.0.10/24',
        'network.cilium.io/ipv4-cilium-host': '10.0.0.12',
      },
      internalIps: ['10.0.0.10'],
      podCidrs: ['10.244.1.0/24'],
      unschedulable: true,
      taints: [
        { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
        { key: 'cordoned', effect: 'NoSchedule' },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: `${'m'.repeat(1023)}…`,
          lastTransitionTime: CREATED,
        },
      ],
      createdAt: CREATED,
      providerId: 'aws:///eu-west-1a/i-0abc12',
      instanceId: 'i-0abc12',
      allocatablePods: 110,
      allocatablePodEnis: 9,
      kubeletVersion: 'v1.33.5',
      kernelVersion: '6.1',
      osImage: 'AL2023',
      operatingSystem: 'linux',
      architecture: 'arm64',
    },
  ],
  [
    'pods',
    'a pod with a branch interface and a crash',
    {
      metadata: meta('web-1', {
        namespace: 'shop',
        labels: { app: 'web' },
        annotations: { 'vpc.amazonaws.com/pod-eni': '[{"eniId":"eni-1"}]', other: 'x' },
        deletionTimestamp: '2026-11-24T00:00:00Z',
        ownerReferences: [
          { kind: 'Other', name: 'other' },
          { kind: 'ReplicaSet', name: 'web-7d9f', controller: true },
        ],
      }),
      spec: {
        nodeName: 'node-1',
        serviceAccountName: 'web',
        dnsPolicy: 'ClusterFirst',
        initContainers: [{ name: 'migrate', image: 'web:1' }],
        containers: [
          {
            name: 'web',
            image: 'web:1',
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: { limits: { memory: '1Gi' } },
          },
        ],
      },
      status: {
        phase: 'Running',
        podIP: '10.0.0.20',
        podIPs: [{ ip: '10.0.0.20' }, { ip: '2001:db8::1' }],
        conditions: [{ type: 'Ready', status: 'False', reason: '', message: '' }],
        initContainerStatuses: [
          { name: 'migrate', ready: true, restartCount: 0, state: { terminated: { reason: 'Completed', exitCode: 0 } } },
        ],
        containerStatuses: [
          {
            name: 'web',
            ready: false,
            restartCount: 7,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
            lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
          },
        ],
      },
    },
    {
      namespace: 'shop',
      name: 'web-1',
      labels: { app: 'web' },
      nodeName: 'node-1',
      hostNetwork: false,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'web',
      phase: 'Running',
      podIps: ['10.0.0.20', '2001:db8::1'],
      conditions: [{ type: 'Ready', status: 'False' }],
      owner: { kind: 'ReplicaSet', name: 'web-7d9f' },
      podEni: '[{"eniId":"eni-1"}]',
      containers: [
        {
          name: 'migrate',
          image: 'web:1',
          init: true,
          ready: true,
          restartCount: 0,
          ports: [],
          terminatedReason: 'Completed',
          exitCode: 0,
        },
        {
          name: 'web',
          image: 'web:1',
          init: false,
          ready: false,
          restartCount: 7,
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          waitingReason: 'CrashLoopBackOff',
          waitingMessage: 'back-off',
          terminatedReason: 'OOMKilled',
          exitCode: 137,
          memoryLimit: '1Gi',
        },
      ],
      createdAt: CREATED,
      deletedAt: '2026-11-24T00:00:00Z',
    },
  ],
  [
    'pods',
    'a pod that waits, with fields of wrong types',
    {
      metadata: meta('web-2', { namespace: 'shop', labels: { app: 7, ok: 'yes' }, ownerReferences: 'none' }),
      spec: { containers: [{ name: 'web', ports: [{ containerPort: 'http' }] }], nodeName: null, hostNetwork: 'yes' },
      status: { conditions: { type: 'Ready' }, podIPs: null, containerStatuses: [null] },
    },
    {
      namespace: 'shop',
      name: 'web-2',
      labels: { ok: 'yes' },
      hostNetwork: false,
      phase: 'Unknown',
      podIps: [],
      conditions: [],
      containers: [{ name: 'web', image: '', init: false, ready: false, restartCount: 0, ports: [] }],
      createdAt: CREATED,
    },
  ],
  [
    'events',
    'an event of the old kind',
    {
      metadata: meta('e', { namespace: 'shop' }),
      reason: 'FailedCreatePodSandBox',
      message: 'm'.repeat(2000),
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
      source: { component: 'kubelet', host: 'node-1' },
      count: 12,
      firstTimestamp: '2026-11-24T02:00:00Z',
      lastTimestamp: '2026-11-24T02:50:00Z',
    },
    {
      namespace: 'shop',
      reason: 'FailedCreatePodSandBox',
      message: `${'m'.repeat(1023)}…`,
      involved: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
      sourceHost: 'node-1',
      count: 12,
      firstSeen: '2026-11-24T02:00:00Z',
      lastSeen: '2026-11-24T02:50:00Z',
    },
  ],
  [
    'events',
    'an event of the new kind, a series',
    {
      metadata: meta('e', { namespace: 'shop' }),
      reason: 'FailedScheduling',
      message: 'Too many pods',
      involvedObject: { kind: 'Pod', name: 'web-1' },
      eventTime: '2026-11-24T02:00:00.000000Z',
      series: { count: 30, lastObservedTime: '2026-11-24T02:55:00.000000Z' },
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
    },
    {
      namespace: 'shop',
      reason: 'FailedScheduling',
      message: 'Too many pods',
      involved: { kind: 'Pod', name: 'web-1' },
      count: 30,
      firstSeen: '2026-11-24T02:00:00.000000Z',
      lastSeen: '2026-11-24T02:55:00.000000Z',
    },
  ],
  [
    'deployments',
    'coredns',
    {
      metadata: meta('coredns', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, generation: 4 }),
      spec: {
        replicas: 3,
        selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '25%' } },
        template: {
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
                preferredDuringSchedulingIgnoredDuringExecution: [
                  { weight: 100, podAffinityTerm: { topologyKey: 'topology.kubernetes.io/zone' } },
                  { weight: 1 },
                ],
              },
            },
            topologySpreadConstraints: [
              { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
            ],
            containers: [
              {
                name: 'coredns',
                image: 'coredns:v1.12.4',
                args: ['-conf', '/etc/coredns/Corefile'],
                resources: { limits: { memory: '170Mi' } },
              },
            ],
          },
        },
      },
      status: {
        observedGeneration: 4,
        replicas: 4,
        readyReplicas: 2,
        availableReplicas: 2,
        updatedReplicas: 3,
        conditions: [{ type: 'Available', status: 'True' }],
      },
    },
    {
      namespace: 'kube-system',
      name: 'coredns',
      labels: { 'k8s-app': 'kube-dns' },
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      desired: 3,
      current: 4,
      ready: 2,
      available: 2,
      updated: 3,
      generation: 4,
      managers: [],
      ownerAnnotations: {},
      observedGeneration: 4,
      conditions: [{ type: 'Available', status: 'True' }],
      maxUnavailable: '1',
      maxSurge: '25%',
      spread: [
        { topologyKey: 'topology.kubernetes.io/zone', by: 'spread', required: false },
        { topologyKey: 'kubernetes.io/hostname', by: 'anti-affinity', required: true },
        { topologyKey: 'topology.kubernetes.io/zone', by: 'anti-affinity', required: false },
      ],
      containers: [
        {
          name: 'coredns',
          image: 'coredns:v1.12.4',
          init: false,
          args: ['-conf', '/etc/coredns/Corefile'],
          memoryLimit: '170Mi',
        },
      ],
    },
  ],
  [
    'daemonSets',
    'aws-node',
    {
      metadata: meta('aws-node', {
        namespace: 'kube-system',
        labels: { 'k8s-app': 'aws-node' },
        annotations: { 'meta.helm.sh/release-name': 'aws-vpc-cni', 'deprecated.daemonset.template.generation': '3' },
        managedFields: [
          { manager: 'kubectl-set', operation: 'Update', fieldsV1: {} },
          { manager: 'eks', operation: 'Apply', fieldsV1: {} },
          { manager: 'eks', operation: 'Update', fieldsV1: {} },
          { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status', fieldsV1: {} },
        ],
        generation: 3,
      }),
      spec: {
        selector: { matchLabels: { 'k8s-app': 'aws-node' } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
        template: {
          spec: {
            hostNetwork: true,
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [
                    {
                      matchExpressions: [
                        { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
                        { key: 'x', operator: 'Exists' },
                      ],
                    },
                  ],
                },
              },
            },
            tolerations: [{ operator: 'Exists' }],
            initContainers: [{ name: 'aws-vpc-cni-init', image: 'init:v1' }],
            containers: [
              {
                name: 'aws-node',
                image: 'cni:v1.20.4',
                env: [
                  { name: 'ENABLE_PREFIX_DELEGATION', value: 'true' },
                  { name: 'EMPTY' },
                  { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
                ],
                args: ['--enable-network-policy=true'],
                resources: { limits: { memory: '2Gi' } },
              },
            ],
          },
        },
      },
      status: {
        observedGeneration: 3,
        desiredNumberScheduled: 5,
        currentNumberScheduled: 5,
        numberReady: 4,
        numberAvailable: 4,
        updatedNumberScheduled: 5,
      },
    },
    {
      namespace: 'kube-system',
      name: 'aws-node',
      labels: { 'k8s-app': 'aws-node' },
      selector: { matchLabels: { 'k8s-app': 'aws-node' } },
      hostNetwork: true,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      nodeAffinity: [
        [
          { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
          { key: 'x', operator: 'Exists', values: [] },
        ],
      ],
      tolerations: [{ operator: 'Exists' }],
      containers: [
        { name: 'aws-vpc-cni-init', image: 'init:v1', init: true, env: {}, args: [] },
        {
          name: 'aws-node',
          image: 'cni:v1.20.4',
          init: false,
          env: { ENABLE_PREFIX_DELEGATION: 'true', EMPTY: '' },
          args: ['--enable-network-policy=true'],
          memoryLimit: '2Gi',
        },
      ],
      maxUnavailable: '10%',
      generation: 3,
      managers: ['eks', 'kubectl-set'],
      ownerAnnotations: { 'meta.helm.sh/release-name': 'aws-vpc-cni' },
      observedGeneration: 3,
      desired: 5,
      current: 5,
      ready: 4,
      available: 4,
      updated: 5,
    },
  ],
  [
    'services',
    'kube-dns',
    {
      metadata: meta('kube-dns', { namespace: 'kube-system' }),
      spec: {
        type: 'ClusterIP',
        clusterIP: '172.20.0.10',
        clusterIPs: ['172.20.0.10'],
        selector: { 'k8s-app': 'kube-dns' },
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
          { name: 'metrics', port: 9153, targetPort: 'metrics' },
        ],
      },
    },
    {
      namespace: 'kube-system',
      name: 'kube-dns',
      labels: {},
      selector: { 'k8s-app': 'kube-dns' },
      type: 'ClusterIP',
      clusterIps: ['172.20.0.10'],
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 'metrics' },
      ],
    },
  ],
  [
    'endpointSlices',
    'endpoints ready, not ready, and unsaid',
    {
      metadata: meta('kube-dns-x', { namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } }),
      addressType: 'IPv4',
      ports: [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'all' }],
      endpoints: [
        {
          addresses: ['10.0.0.20'],
          conditions: { ready: true },
          nodeName: 'node-1',
          zone: 'eu-west-1a',
          targetRef: { kind: 'Pod', namespace: 'kube-system', name: 'coredns-1', uid: 'u' },
        },
        { addresses: ['10.0.0.21'], conditions: { ready: false } },
        { addresses: ['10.0.0.22'] },
      ],
    },
    {
      namespace: 'kube-system',
      name: 'kube-dns-x',
      serviceName: 'kube-dns',
      addressType: 'IPv4',
      ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
      endpoints: [
        {
          addresses: ['10.0.0.20'],
          ready: true,
          nodeName: 'node-1',
          zone: 'eu-west-1a',
          target: { kind: 'Pod', namespace: 'kube-system', name: 'coredns-1' },
        },
        { addresses: ['10.0.0.21'], ready: false },
        { addresses: ['10.0.0.22'], ready: true },
      ],
    },
  ],
  [
    'networkPolicies',
    'an egress policy',
    {
      metadata: meta('dns', { namespace: 'shop' }),
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            ports: [{ port: 53, protocol: 'UDP' }, { port: 'dns-tcp' }, { port: 1, endPort: 99 }],
            to: [
              {
                namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['a'] }] },
                podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
              },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
              { podSelector: {} },
            ],
          },
          {},
        ],
      },
    },
    {
      namespace: 'shop',
      name: 'dns',
      podSelector: {},
      policyTypes: ['Egress'],
      ingress: [],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 'dns-tcp', protocol: 'TCP' },
            { port: 1, endPort: 99, protocol: 'TCP' },
          ],
          peers: [
            {
              namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['a'] }] },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            { podSelector: {} },
          ],
        },
        { ports: [], peers: [] },
      ],
    },
  ],
  [
    'networkPolicies',
    'a policy that leaves its types to the API server',
    { metadata: meta('open', { namespace: 'shop' }), spec: { podSelector: { matchLabels: { app: 'web' } }, egress: [{}] } },
    {
      namespace: 'shop',
      name: 'open',
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [{ ports: [], peers: [] }],
    },
  ],
  [
    'namespaces',
    'a namespace',
    { metadata: meta('shop', { labels: { team: 'web' }, annotations: { x: 'y' } }), status: { phase: 'Active' } },
    { name: 'shop', labels: { team: 'web' } },
  ],
  [
    'policyResources',
    'a Cilium policy of two rules, whole',
    { metadata: meta('dns', { namespace: 'shop' }), specs: [{ endpointSelector: {} }, { egress: [{}] }] },
    {
      apiVersion: 'cilium.io/v1',
      kind: 'CiliumNetworkPolicy',
      namespace: 'shop',
      name: 'dns',
      labels: {},
      specs: [{ endpointSelector: {} }, { egress: [{}] }],
    },
  ],
  [
    'eniConfigs',
    'an ENIConfig',
    { metadata: meta('eu-west-1a'), spec: { subnet: 'subnet-p', securityGroups: ['sg-p'] } },
    { name: 'eu-west-1a', subnet: 'subnet-p', securityGroups: ['sg-p'] },
  ],
  [
    'cniNodes',
    'a CNINode',
    {
      metadata: meta('node-1'),
      spec: { features: [{ name: 'SecurityGroupsForPods' }, { name: 'CustomNetworking', value: 'pods-a' }] },
    },
    { name: 'node-1', features: [{ name: 'SecurityGroupsForPods' }, { name: 'CustomNetworking', value: 'pods-a' }] },
  ],
  [
    'securityGroupPolicies',
    'a policy for all pods, which is not one without a selector',
    { metadata: meta('db', { namespace: 'shop' }), spec: { podSelector: {}, securityGroups: { groupIds: ['sg-db'] } } },
    { namespace: 'shop', name: 'db', podSelector: {}, groupIds: ['sg-db'] },
  ],
  [
    'cniResources',
    'a CiliumNode, whole',
    { metadata: meta('node-1', { managedFields: [{}] }), spec: { ipam: { podCIDRs: ['10.1.0.0/24'] } }, status: { ipam: {} } },
    {
      apiVersion: 'cilium.io/v1',
      kind: 'CiliumNode',
      name: 'node-1',
      labels: {},
      spec: { ipam: { podCIDRs: ['10.1.0.0/24'] } },
      status: { ipam: {} },
    },
  ],
];

describe('of each kind is kept', () => {
  it.each(whole)('%s: %s', async (key, _, item, expected) => {
    expect(await kept(key, [item])).toEqual([expected]);
  });

  it.each([
    ['aws:///eu-west-1a/i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['aws:///eu-west-1a/5f2c/fargate-ip-10-0-0-9.eu-west-1.compute.internal', undefined],
    ['eks-hybrid:///eu-west-1/shop/mi-0abc', undefined],
    ['', undefined],
  ])('of providerID %j the instance %s', async (providerID, instanceId) => {
    expect(await kept('nodes', [{ metadata: meta('n'), spec: { providerID } }])).toMatchObject([{ name: 'n' }]);
    const [node] = (await kept('nodes', [{ metadata: meta('n'), spec: { providerID } }])) as { instanceId?: string }[];
    expect(node?.instanceId).toBe(instanceId);
  });

  it('the annotation that the VPC CNI is told to find an ENIConfig by', async () => {
    const annotations = { 'example.com/eni': 'pods-a', 'example.com/other': 'x' };
    const { slices } = aSnapshot({ daemonSets: [awsNode({ ENI_CONFIG_ANNOTATION_DEF: 'example.com/eni' })] });
    expect(await kept('nodes', [{ metadata: meta('n', { annotations }) }], slices)).toMatchObject([
      { annotations: { 'example.com/eni': 'pods-a' } },
    ]);
    const [node] = (await kept('nodes', [{ metadata: meta('n', { annotations }) }])) as { annotations: object }[];
    expect(node?.annotations).toEqual({});
  });

  it('one copy of what pods repeat', async () => {
    const pod = (name: string) => ({
      metadata: meta(name, { namespace: 'shop', labels: { app: 'web' } }),
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    });
    const [a, b] = (await kept('pods', [pod('a'), pod('b')])) as { labels: object; containers: object[] }[];
    expect(a?.labels).toBe(b?.labels);
    expect(a?.containers[0]).toBe(b?.containers[0]);
  });
});

describe('an object with anything anywhere in it', () => {
  it('is kept in the shape of the Snapshot, or named as no object of an API server', async () => {
    const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(fc.constantFrom(...whole), steps, fc.jsonValue(), async ([key, , item], at, by) => {
      await kept(key, [replaced(item, at, by) as JsonObject]).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ReadFailure);
        expect(error).toMatchObject({ code: 'UnexpectedResponse' });
      });
    });
    await fc.assert(property, { numRuns: 2000 });
  });
});
