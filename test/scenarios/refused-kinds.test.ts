/** One refused kind is the unknown of the checks that read it, and of no other. */
import { describe, expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld } from './assess-world.ts';
import { calico } from './worlds/calico.ts';
import { withCluster } from './worlds/cni.ts';
import { policies } from './worlds/dns-filters.ts';
import { served } from './worlds/other-cni.ts';

const CALICO = 'crd.projectcalico.org/v1';

const calicoWithout = (...forbidden: readonly string[]) =>
  calico({
    blocks: [0, 0, 0],
    forbidden,
    more: () => [
      served(CALICO, 'FelixConfiguration', 'felixconfigurations', { default: { spec: {} } }),
      served(CALICO, 'IPReservation', 'ipreservations'),
      served(CALICO, 'BGPPeer', 'bgppeers'),
    ],
  });

/** Kinds of policies that the API server serves and that nobody uses. */
const policiesWithout = (...forbidden: readonly string[]) =>
  withCluster(policies(), ({ kubernetes }) => ({
    forbidden,
    kubernetes: [
      ...kubernetes,
      served('cilium.io/v2', 'CiliumNetworkPolicy', 'ciliumnetworkpolicies'),
      served('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'adminnetworkpolicies'),
    ],
  }));

const CASES: readonly (readonly [string, () => World, Readonly<Record<string, Verdict>>, says?: RegExp])[] = [
  [
    'nothing',
    () => calicoWithout(),
    { 'calico-ipam': 'ok', 'calico-block-fragmentation': 'ok', 'calico-encapsulation': 'ok', 'cluster-access': 'ok' },
  ],
  [
    'Calico’s reservations',
    () => calicoWithout('ipreservations'),
    {
      'calico-ipam': 'unknown',
      'calico-block-fragmentation': 'unknown',
      'calico-encapsulation': 'ok',
      'cni-kernel': 'not-applicable',
      'cluster-access': 'warning',
    },
    /IPReservation could not be listed \(.*403/,
  ],
  [
    'Felix’s configuration',
    () => calicoWithout('felixconfigurations'),
    { 'calico-ipam': 'ok', 'calico-encapsulation': 'unknown', 'cni-kernel': 'unknown', 'cluster-access': 'warning' },
    /FelixConfiguration could not be listed \(.*403/,
  ],
  [
    'two kinds of Calico, each a source of other checks',
    () => calicoWithout('ipreservations', 'felixconfigurations'),
    { 'calico-ipam': 'unknown', 'calico-encapsulation': 'unknown', 'cni-kernel': 'unknown' },
  ],
  ['no kind of policies', () => policiesWithout(), { 'dns-network-policy': 'ok', 'cluster-access': 'ok' }],
  [
    'a kind of policies',
    () => policiesWithout('ciliumnetworkpolicies'),
    { 'dns-network-policy': 'unknown', 'cluster-access': 'warning' },
    /CiliumNetworkPolicy could not be listed \(.*403/,
  ],
];

describe('the API server refuses', () => {
  it.each(CASES.map(([kinds, world, expected, says]) => ({ kinds, world, expected, says })))(
    '$kinds',
    async ({ world, expected, says }) => {
      const { findings, collectors } = await assessWorld(world(), { optIn: [] });
      const own = (id: string) => findings.filter(({ check }) => check === id);
      const verdicts = Object.keys(expected).map((id) => [id, worstVerdict(own(id).map(({ verdict }) => verdict))]);
      expect(Object.fromEntries(verdicts)).toEqual(expected);
      if (says === undefined) return;
      const undecided = findings.filter(({ check, verdict }) => expected[check] === 'unknown' && verdict === 'unknown');
      expect(undecided.map(({ summary }) => summary)).toContainEqual(expect.stringMatching(says));
      expect(collectors).toContainEqual(expect.objectContaining({ ok: false, code: 'Forbidden' }));
    },
  );
});
