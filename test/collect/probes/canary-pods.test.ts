import { expect, test } from 'vitest';
import { clientPod, type Placement, serverPod, serverService } from '#lib/collect/probes/canary-pods.ts';
import { canarySettings } from '#lib/model/canary-settings.ts';

const run = { id: 'a1b2', settings: canarySettings.parse({ image: 'registry.internal/busybox:1' }), lifetime: 140 };
const QUESTIONS = {
  queryType: 'aaaa',
  names: ['a.example.com', 'b.example.com'],
  servers: ['service=fd00::a', 'coredns=[fd00::14]:1053'],
  egress: ['https://example.com'],
  peers: ['pod=fd00::9'],
} as const;
const client = (placement: Placement = {}) => clientPod(run, placement, QUESTIONS);

test('pods are restricted, bounded and end by themselves', () => {
  for (const pod of [client(), serverPod(run, {})])
    expect(pod).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'cniwatch', 'cniwatch/run': 'a1b2' } },
      spec: {
        restartPolicy: 'Never',
        activeDeadlineSeconds: 140,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            image: 'registry.internal/busybox:1',
            resources: { limits: { memory: expect.any(String) } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            },
          },
        ],
      },
    });
});

test('what a client tries is in its environment alone', () => {
  expect(client()).toMatchObject({
    spec: {
      containers: [
        {
          env: expect.arrayContaining([
            { name: 'QUERY_TYPE', value: 'aaaa' },
            { name: 'NAMES', value: 'a.example.com b.example.com' },
            { name: 'SERVERS', value: 'service=fd00::a coredns=[fd00::14]:1053' },
            { name: 'PEERS', value: 'pod=fd00::9' },
          ]),
        },
      ],
    },
  });
  expect(client().spec).not.toHaveProperty('nodeName');
});

const fields = (pod: object) => JSON.stringify(pod).match(/"matchFields":\[[^\]]*\][^\]]*\]/)?.[0];
test.each<[Placement, string | undefined, boolean]>([
  [{}, undefined, false],
  [{ node: 'n1' }, '"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]', false],
  [{ notOn: { node: 'n1' } }, '"matchFields":[{"key":"metadata.name","operator":"NotIn","values":["n1"]}]', false],
  [{ notOn: { node: 'n1', zone: 'a' } }, '"matchFields":[{"key":"metadata.name","operator":"NotIn","values":["n1"]}]', true],
])('%j is for the scheduler to keep to', (placement, matchFields, prefersZone) => {
  const text = JSON.stringify(client(placement));
  expect([fields(client(placement)), text.includes('preferredDuringScheduling')]).toEqual([matchFields, prefersZone]);
});

test("the Service selects this run's server alone", () => {
  expect(serverService(run)).toMatchObject({
    spec: {
      selector: { 'cniwatch/run': 'a1b2', 'cniwatch/role': 'server' },
      ports: [
        { protocol: 'TCP', port: 8080 },
        { protocol: 'UDP', port: 8081 },
      ],
    },
  });
});

test.each(['a b', 'x"y', '$(reboot)', 'http://x y', 'example.com', 'ftp://example.com', 'http://x/;ls', 'example.com:443\n'])(
  'a target that is %j is refused',
  (target) => expect(canarySettings.safeParse({ egress: [target] }).success).toBe(false),
);
test.each(['example.com:443', '[2001:db8::1]:443', '10.0.0.1:80', 'https://example.com', 'http://example.com:8080/a/b?c=d&e=f'])(
  'a target may be %j',
  (target) => expect(canarySettings.safeParse({ egress: [target] }).success).toBe(true),
);
test.each(['a b', 'x;y', '-x', 'a..b', 'x'.repeat(64).concat('.', 'y'.repeat(200)), 'x\n'])(
  'a name that is %j is refused',
  (name) => expect(canarySettings.safeParse({ dns: [name] }).success).toBe(false),
);
