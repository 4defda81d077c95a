/** Arbitrary small clusters with policies: few labels, ports and addresses, so that they meet often. */
import fc from 'fast-check';
import type { LabelSelector, Namespace, NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';
import { aPod } from '#test/scenarios/slices.ts';

export interface PolicyCase {
  readonly policies: readonly NetworkPolicy[];
  readonly namespaces: readonly Namespace[];
  readonly pods: readonly Pod[];
  readonly source: Pod | string;
  readonly destination: Pod | string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

const NAMESPACES = ['x', 'kube-system'];
/** `constructor` is a label like any other. */
const KEYS = ['app', 'tier', 'constructor'];
const VALUES = ['a', 'b', ''];
const PORT_NAMES = ['dns', 'web'];
const PORTS = [53, 80, 81];
const NAME_LABEL = 'kubernetes.io/metadata.name';

const key = fc.constantFrom(...KEYS);
const labels = fc.dictionary(key, fc.constantFrom(...VALUES), { maxKeys: 2 });
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const expression = (keys: fc.Arbitrary<string>, values: readonly string[]) =>
  fc.oneof(
    fc.record({
      key: keys,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
    }),
    fc.record({ key: keys, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );

function selector(keys: fc.Arbitrary<string>, values: readonly string[]): fc.Arbitrary<LabelSelector> {
  const empty = fc.constant({});
  const full = fc.record(
    {
      matchLabels: fc.dictionary(keys, fc.constantFrom(...values), { maxKeys: 1 }),
      matchExpressions: fc.array(expression(keys, values), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(empty, full);
}

const podSelector = selector(key, VALUES);
const namespaceSelector = fc.oneof(
  selector(fc.constantFrom(NAME_LABEL), NAMESPACES),
  selector(fc.constantFrom('team', NAME_LABEL), ['web', 'x']),
);

const host = fc.integer({ min: 0, max: 15 });
const v4 = host.map((at) => `10.0.0.${at}`);
const v6 = host.map((at) => `2001:db8::${at.toString(16)}`);
const address = fc.oneof(v4, v6);
const cidr = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 28, max: 32 })).map(([base, bits]) => `${base}/${bits}`),
  fc.tuple(v6, fc.integer({ min: 124, max: 128 })).map(([base, bits]) => `${base}/${bits}`),
  fc.constantFrom('0.0.0.0/0', '::/0'),
);

const peer = fc.oneof(
  fc.record({ podSelector }),
  fc.record({ namespaceSelector }),
  fc.record({ podSelector, namespaceSelector }),
  fc.record({ ipBlock: fc.record({ cidr, except: fc.array(cidr, { maxLength: 2 }) }) }),
);
const port = fc.oneof(
  fc.record({ protocol }),
  fc.record({ protocol, port: fc.constantFrom<number | string>(...PORTS, ...PORT_NAMES) }),
  fc.record({ protocol, port: fc.constantFrom(1, 53, 80), endPort: fc.constantFrom(80, 90) }),
);
const rules = fc.array(fc.record({ ports: fc.array(port, { maxLength: 2 }), peers: fc.array(peer, { maxLength: 2 }) }), {
  maxLength: 2,
});

const policy: fc.Arbitrary<NetworkPolicy> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    podSelector,
    policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
    ingress: rules,
    egress: rules,
  })
  .map((spec) => ({ ...spec, name: 'p' }));

const containers = fc
  .array(fc.record({ name: fc.constantFrom(...PORT_NAMES, undefined), containerPort: fc.constantFrom(...PORTS), protocol }), {
    maxLength: 3,
  })
  .map((ports) => [{ ...aPod().containers[0], name: 'c', image: 'c', init: false, ready: true, restartCount: 0, ports }]);

const pod = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    labels,
    nodeName: fc.constantFrom('node-1', 'node-2'),
    hostNetwork: fc.constantFrom(true, false, false, false, false),
    podIps: fc.tuple(v4, v6).chain(([four, six]) => fc.constantFrom<string[]>([four, six], [six, four])),
    containers,
  })
  .map((over) => aPod({ ...over, containers: over.containers as Pod['containers'] }));

const pods = fc.array(pod, { minLength: 2, maxLength: 6 }).map((all) => all.map((one, at) => ({ ...one, name: `pod-${at}` })));

const namespaces = fc
  .array(fc.dictionary(fc.constant('team'), fc.constantFrom('web', 'x')), { minLength: 2, maxLength: 2 })
  .map((all) => NAMESPACES.map((name, at): Namespace => ({ name, labels: { ...all[at], [NAME_LABEL]: name } })));

export const policyCase: fc.Arbitrary<PolicyCase> = fc
  .record({ policies: fc.array(policy, { minLength: 1, maxLength: 8 }), namespaces, pods })
  .map(({ policies, ...rest }) => ({ ...rest, policies: policies.map((one, at) => ({ ...one, name: `policy-${at}` })) }))
  .chain((world) => {
    const end = fc.oneof({ weight: 6, arbitrary: fc.constantFrom<Pod | string>(...world.pods) }, address);
    return fc.record({
      policies: fc.constant(world.policies),
      namespaces: fc.constant(world.namespaces),
      pods: fc.constant(world.pods),
      source: end,
      destination: end,
      port: fc.constantFrom(...PORTS),
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
    });
  })
  // Two addresses of two families cannot meet, and pods here have both.
  .filter(
    ({ source, destination }) =>
      typeof source !== 'string' || typeof destination !== 'string' || source.includes(':') === destination.includes(':'),
  );
