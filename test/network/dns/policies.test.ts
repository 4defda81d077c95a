import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '#lib/model/kubernetes.ts';
import { type DnsPolicyWorld, dnsPolicies } from '#lib/network/dns/policies.ts';
import { slicesOf } from '#test/checks/dns/two-subnets.ts';
import { CALICO } from '#test/network/policies.ts';
import { mayConnect } from '#test/network/policies-by-the-book.ts';
import { type PolicyCase, policyCase } from '#test/network/policy/worlds.ts';

/** Pods of kube-system serve DNS here, and everybody asks them. */
const serves = ({ namespace, hostNetwork }: Pod) => namespace === 'kube-system' && !hostNetwork;
const worldOf = ({ policies, namespaces, pods }: PolicyCase): DnsPolicyWorld => ({
  nodes: [],
  pods,
  daemonSets: [CALICO],
  autoMode: false,
  endpointSlices: slicesOf(...pods.filter(serves)),
  // Without an address of the Service nothing is in dispute.
  services: [],
  configMaps: [],
  networkPolicies: policies,
  namespaces,
  policyResources: [],
  nodeClasses: [],
});

test('every pod misses exactly the ways that it misses by the book', () => {
  const seen = { open: 0, shut: 0 };
  const property = fc.property(policyCase, (given) => {
    const { clients } = dnsPolicies(worldOf(given));
    const servers = given.pods.filter(serves);
    for (const { pod, problems } of clients) {
      for (const protocol of ['UDP', 'TCP'] as const) {
        const shut = servers.filter(
          (server) =>
            !mayConnect({ ...given, selectsHostNetwork: false }, { source: pod, destination: server, port: 53, protocol }),
        );
        seen.shut += shut.length;
        seen.open += servers.length - shut.length;
        const found = problems.filter((way) => way.protocol === protocol.toLowerCase());
        expect(found.map(({ verdict }) => verdict)).toEqual(shut.map(() => 'deny'));
      }
    }
  });
  fc.assert(property, { numRuns: 2000 });
  expect(Math.min(seen.open, seen.shut)).toBeGreaterThan(1000);
});
