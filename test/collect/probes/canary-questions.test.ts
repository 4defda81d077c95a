import { expect, test } from 'vitest';
import { canaryQuestions } from '#lib/collect/probes/canary-questions.ts';
import { aCluster, anEndpointSlice, aService, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type Given = Parameters<typeof aSnapshot>[0];
const ask = (given: Given, turn = 0) =>
  canaryQuestions({ dns: ['a.example.com'], egress: ['b:443'] }, aSnapshot(given).slices, turn);
const endpoints = (...addresses: readonly string[]) => addresses.map((address) => ({ addresses: [address], ready: true }));
const SIX = aService({ clusterIps: ['fd00::a'] });

test.each<[string, Given, object]>([
  [
    'the Service and the pods behind it',
    { services: [aService()], endpointSlices: [anEndpointSlice({ endpoints: endpoints('10.0.4.20', '10.0.0.20') })] },
    { ipFamily: 'ipv4', queryType: 'a', servers: ['service=172.20.0.10', 'coredns=10.0.0.20', 'coredns=10.0.4.20'] },
  ],
  [
    'another port than 53',
    {
      endpointSlices: [
        anEndpointSlice({ ports: [{ protocol: 'UDP', port: 1053 }], endpoints: endpoints('10.0.0.20', 'fd00::14') }),
      ],
    },
    { servers: ['coredns=10.0.0.20:1053', 'coredns=[fd00::14]:1053'] },
  ],
  [
    'no pod that is not ready, and of nobody else',
    {
      endpointSlices: [
        anEndpointSlice({ endpoints: [{ addresses: ['10.0.0.20'], ready: false }] }),
        anEndpointSlice({ serviceName: 'other', endpoints: endpoints('10.0.0.21') }),
      ],
    },
    { servers: [] },
  ],
  [
    'an IPv6 cluster',
    { cluster: aCluster({ ipFamily: 'ipv6' }), services: [SIX] },
    { ipFamily: 'ipv6', queryType: 'aaaa', servers: ['service=fd00::a'] },
  ],
  ['the Service, where EKS was not read', { cluster: DENIED, services: [SIX] }, { ipFamily: 'ipv6', queryType: 'aaaa' }],
  [
    'nobody, where nothing was read',
    { cluster: DENIED, services: DENIED, endpointSlices: DENIED },
    { ipFamily: 'ipv4', servers: [] },
  ],
])('a client asks %s', (_, given, expected) =>
  expect(ask(given)).toMatchObject({ names: ['a.example.com'], egress: ['b:443'], ...expected }),
);

test('of many CoreDNS pods four are asked, and all in time', () => {
  const all = Array.from({ length: 12 }, (_, at) => `10.0.0.${20 + at}`);
  const asked = (turn: number) => ask({ endpointSlices: [anEndpointSlice({ endpoints: endpoints(...all) })] }, turn).servers;
  expect(asked(0)).toHaveLength(4);
  expect(new Set(Array.from({ length: 30 }, (_, turn) => asked(5 * turn)).flat()).size).toBe(12);
});
