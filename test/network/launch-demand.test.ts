import fc from 'fast-check';
import { expect, test } from 'vitest';
import { launchDemand } from '#lib/network/launch-demand.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { anInstanceType } from '#test/scenarios/slices.ts';

const BOTH = { node: true, pods: true };
const POD_SUBNET = { node: false, pods: true };
const PD = { prefixDelegation: true };

test.each<[string, Partial<VpcCniSettings>, { node: boolean; pods: boolean }, number, { singles: number; prefixes: number }]>([
  ['the whole primary interface by default', {}, BOTH, 0, { singles: 10, prefixes: 0 }],
  ['one more interface for WARM_ENI_TARGET=2', { warmEniTarget: 2 }, BOTH, 0, { singles: 20, prefixes: 0 }],
  ['one interface even for WARM_ENI_TARGET=0', { warmEniTarget: 0 }, BOTH, 0, { singles: 10, prefixes: 0 }],
  ['only the addresses of WARM_IP_TARGET', { warmIpTarget: 3 }, BOTH, 0, { singles: 4, prefixes: 0 }],
  [
    'MINIMUM_IP_TARGET where larger, over two interfaces',
    { warmIpTarget: 2, minimumIpTarget: 12 },
    BOTH,
    0,
    { singles: 14, prefixes: 0 },
  ],
  ["the node's own address under custom networking", {}, { node: true, pods: false }, 0, { singles: 1, prefixes: 0 }],
  ['a whole new interface in the subnet of an ENIConfig', {}, POD_SUBNET, 0, { singles: 10, prefixes: 0 }],
  ['a trunk of its own', { podEni: true }, BOTH, 0, { singles: 11, prefixes: 0 }],
  ['one prefix and the primary address', PD, BOTH, 0, { singles: 1, prefixes: 1 }],
  ['one prefix even for WARM_PREFIX_TARGET=0', { ...PD, warmPrefixTarget: 0 }, BOTH, 0, { singles: 1, prefixes: 1 }],
  ['prefixes for its pods and one warm', PD, BOTH, 40, { singles: 1, prefixes: 4 }],
  ['prefixes for pods and WARM_IP_TARGET', { ...PD, warmIpTarget: 5 }, BOTH, 28, { singles: 1, prefixes: 3 }],
  ['prefixes over a second interface', PD, BOTH, 150, { singles: 2, prefixes: 11 }],
  ['no IPv4 for IPv6 pods', { ...PD, ipv6: true }, BOTH, 40, { singles: 1, prefixes: 0 }],
  ['no more than its interfaces hold', { warmIpTarget: 500 }, BOTH, 0, { singles: 30, prefixes: 0 }],
])('a node takes %s', (_, settings, role, pods, demand) =>
  expect(launchDemand(anInstanceType(), { ...MANIFEST_SETTINGS, ...settings }, role, pods)).toEqual(demand),
);

test('under WARM_IP_TARGET the demand is what a loop that fills interface by interface takes', () => {
  const cases = fc.record({
    enis: fc.integer({ min: 1, max: 15 }),
    ips: fc.integer({ min: 2, max: 50 }),
    warm: fc.integer({ min: 1, max: 60 }),
    pods: fc.integer({ min: 0, max: 250 }),
    prefixes: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, ({ enis, ips, warm, pods, prefixes }) => {
      const type = anInstanceType({ maximumNetworkInterfaces: enis, ipv4AddressesPerInterface: ips });
      let [singles, blocks, supply, interfaces] = [0, 0, 0, 0];
      for (let attached = 0; attached < enis && (supply < pods + warm || attached === 0); attached++) {
        interfaces++;
        for (let slot = 1; slot < ips && supply < pods + warm; slot++) {
          if (prefixes) blocks++;
          else singles++;
          supply += prefixes ? 16 : 1;
        }
      }
      const settings = { ...MANIFEST_SETTINGS, prefixDelegation: prefixes, warmIpTarget: warm };
      expect(launchDemand(type, settings, BOTH, pods)).toEqual({ singles: singles + interfaces, prefixes: blocks });
    }),
    { numRuns: 500 },
  );
});
