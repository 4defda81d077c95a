import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cilium/cilium-agent.ts';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { ciliumHealth, ciliumStatus, mounts } from '#test/scenarios/worlds/cilium-status.ts';
import { apply, type KubernetesObject } from '../kubernetes/apply.ts';
import { collectFrom, identity, TARGET } from '../kubernetes/collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '../kubernetes/server.ts';
import { eventually, statusOf } from './eventually.ts';
import { type Kwok, startKwok } from './kwok.ts';

const READERS = 'readers-alone';
const GETTERS = 'without-create';
const VIEWER = identity('viewer', VIEWERS);
const READER = identity('reader', READERS);
const GETTER = identity('getter', GETTERS);
const NODES = ['n1', 'n2', 'n3'];
const FAILS = { state: 'Failure', msg: 'Get "https://10.100.0.1:443/version": i/o timeout' };

/** What each node's agent says: n1 cannot reach the pods of n2, nor n2 those of n1; n3 has lost the API and its BPF filesystem. */
const SAYS: Readonly<Record<string, Readonly<Record<'STATUS' | 'HEALTH' | 'MOUNTS', string>>>> = {
  n1: { STATUS: ciliumStatus(), HEALTH: ciliumHealth('n1', { n2: 'no-pods', n3: 'all' }), MOUNTS: mounts() },
  n2: { STATUS: ciliumStatus(), HEALTH: ciliumHealth('n2', { n1: 'no-pods', n3: 'all' }), MOUNTS: mounts() },
  n3: {
    STATUS: ciliumStatus({ kubernetes: FAILS }),
    HEALTH: ciliumHealth('n3', { n1: 'all', n2: 'all' }),
    MOUNTS: mounts({ bpf: false }),
  },
};
/** Stand-ins that print a file, and nothing for other arguments. */
const COMMANDS = {
  'cilium-dbg': '[ "$*" = "status -o json" ] && exec /bin/cat "$STATUS"',
  'cilium-health': '[ "$*" = "status -o json" ] && exec /bin/cat "$HEALTH"',
  cat: '[ "$*" = /proc/mounts ] && exec /bin/cat "$MOUNTS"',
};

const labels = { 'k8s-app': 'cilium' };
const spec = { hostNetwork: true, containers: [{ name: 'cilium-agent', image: 'cilium:v1.20.2' }] };
const OBJECTS: readonly KubernetesObject[] = [
  ...NODES.map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium', namespace: 'kube-system', labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    status: { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 3, numberMisscheduled: 0 },
  },
  ...NODES.map((nodeName) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `cilium-${nodeName}`, namespace: 'kube-system', labels },
    spec: { nodeName, ...spec },
  })),
];

let folder: string;
let api: KubeApiServer;
let kwok: Kwok;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cniwatch-cilium-'));
  const pods = NODES.map(async (node) => {
    const env: Record<string, string> = {};
    for (const [name, text] of Object.entries(SAYS[node] ?? {})) {
      env[name] = join(folder, `${node}-${name}`);
      await writeFile(env[name], text);
    }
    return { namespace: 'kube-system', pod: `cilium-${node}`, container: 'cilium-agent', env };
  });
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER, READER, GETTER] });
  kwok = await startKwok(api, { exec: { commands: COMMANDS, pods: await Promise.all(pods) } });
  const optIn = OPT_IN_PERMISSIONS.ciliumAgents?.kubernetes ?? [];
  await apply(api.admin, [
    ...clusterRole(VIEWERS, [...READ_PERMISSIONS.kubernetes, ...optIn]),
    ...clusterRole(READERS, READ_PERMISSIONS.kubernetes),
    ...clusterRole(GETTERS, [...READ_PERMISSIONS.kubernetes, ...optIn.map((rule) => ({ ...rule, verbs: ['get'] as const }))]),
    ...OBJECTS,
  ]);
  for (const path of ['/api/v1/pods', '/api/v1/nodes'])
    await eventually(api.admin, path, ({ items }) => (items as readonly KubernetesObject[]).every(isSettled));
});
afterAll(async () => {
  await kwok?.stop();
  await api?.stop();
  await rm(folder, { recursive: true, force: true });
});

function isSettled(object: KubernetesObject): boolean {
  const { containerStatuses, addresses } = statusOf(object);
  return containerStatuses !== undefined || addresses !== undefined;
}

describe("Cilium's agents, asked through a real API server by exactly the Role that is declared,", () => {
  test('say how they are, and what the check makes of it', async () => {
    const snapshot = await collectFrom(api, VIEWER, { optIn: ['ciliumAgents'] });
    expect(snapshot.slices.ciliumAgents).toMatchObject({
      ok: true,
      data: [
        { nodeName: 'n1', bpfMounted: true, peers: { failing: [{ name: 'n2' }] } },
        { nodeName: 'n2', bpfMounted: true, peers: { failing: [{ name: 'n1' }] } },
        { nodeName: 'n3', bpfMounted: false, peers: { failing: [] } },
      ],
    });
    const { findings } = runCheck(check, snapshot);
    expect(findings.map(({ verdict, resource, evidence }) => [verdict, resource.id, evidence['problems']])).toEqual([
      ['critical', 'kube-system/cilium', undefined],
      ['critical', 'n1', ['peers-unreachable']],
      ['ok', 'n2', []],
      ['critical', 'n3', ['bpf-not-mounted', 'kubernetes-unreachable']],
    ]);
  });

  test.each([
    ['the reading ClusterRole', READER, 'cannot get resource "pods/exec" in API group "" in the namespace "kube-system"'],
    ['the Role without create', GETTER, 'pods "cilium-n1" is forbidden'],
  ])('are not asked by whom only %s is granted, and the grant is named', async (_, credentials, denied) => {
    const { slices } = await collectFrom(api, credentials, { optIn: ['ciliumAgents'] });
    expect(slices.ciliumAgents).toMatchObject({
      ok: false,
      code: 'Forbidden',
      reason: expect.stringContaining(denied),
      remedy: expect.stringMatching(/get and create on pods\/exec in the namespace kube-system/),
    });
  });
});
