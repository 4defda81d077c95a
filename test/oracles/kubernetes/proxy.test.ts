/** What a real API server says where ipamd and CoreDNS cannot be asked: its words are what the collector translates and the sandbox repeats. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { apply } from './apply.ts';
import { collectFrom, identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const [PROXIERS, DNS_READERS] = ['proxiers', 'dns-readers'];
const VIEWER = identity('viewer', VIEWERS);
const PROXIER = { ...identity('proxier', VIEWERS), groups: [VIEWERS, PROXIERS] };
const DNS_READER = { ...identity('dnsreader', VIEWERS), groups: [VIEWERS, DNS_READERS] };
const OPT_IN = { optIn: ['ipamd'] } as const;

/** Refused, unroutable, dropped, or answered by a gateway of this machine's network, whose 403 is no refusal of the API server. */
const NOBODY_THERE = /answered (403|5\d\d): |not answered within 5 s/;

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER, PROXIER, DNS_READER] });
  await apply(api.admin, [
    ...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes),
    ...clusterRole(PROXIERS, OPT_IN_PERMISSIONS.ipamd?.kubernetes ?? []),
    ...clusterRole(DNS_READERS, OPT_IN_PERMISSIONS.dnsMetrics?.kubernetes ?? []),
    aPod('aws-node', 'a-nowhere', '240.0.0.1'),
    aPod('aws-node', 'b-loopback', '127.0.0.1'),
    aPod('kube-dns', 'c-dns', '127.0.0.1'),
  ]);
});
afterAll(() => api?.stop());

function aPod(app: string, name: string, podIP: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { 'k8s-app': app } },
    spec: { nodeName: `node-of-${name}`, containers: [{ name: app, image: `${app}:1` }] },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
  };
}

test('without its ClusterRole, the source is Forbidden once, and the grant is named', async () => {
  const { slices, collectors } = await collectFrom(api, VIEWER, OPT_IN);
  expect(slices.ipamd).toMatchObject({
    ok: false,
    code: 'Forbidden',
    reason: expect.stringMatching(/cannot get resource "pods\/proxy" in API group "" in the namespace "kube-system"/),
    remedy: expect.stringContaining('get on pods/proxy'),
  });
  expect(collectors.find(({ id }) => id === 'ipamd')?.calls).toEqual({ 'GET pods/proxy': 1 });
});

test('with it, a node that cannot be reached and an address that may not be asked are stated each', async () => {
  const { slices } = await collectFrom(api, PROXIER, OPT_IN);
  expect(slices.ipamd).toEqual({
    ok: true,
    data: [
      {
        nodeName: 'node-of-a-nowhere',
        podName: 'a-nowhere',
        unread: expect.stringMatching(NOBODY_THERE),
      },
      {
        nodeName: 'node-of-b-loopback',
        podName: 'b-loopback',
        unread: expect.stringMatching(/answered 4\d\d: address not allowed/),
      },
    ],
  });
});

test("CoreDNS's counters are Forbidden without the ClusterRole of their source, and asked for with it", async () => {
  const dns = { optIn: ['dnsMetrics'] } as const;
  const refused = { ok: false, code: 'Forbidden', remedy: expect.stringContaining('get on pods/proxy') };
  expect((await collectFrom(api, VIEWER, dns)).slices.dnsMetrics).toMatchObject(refused);
  const unread = expect.stringMatching(/answered 4\d\d: address not allowed/);
  expect((await collectFrom(api, DNS_READER, dns)).slices.dnsMetrics).toEqual({
    ok: true,
    data: [{ podName: 'c-dns', nodeName: 'node-of-c-dns', unread }],
  });
});
