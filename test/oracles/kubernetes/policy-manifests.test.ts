/** What `--with` takes for a NetworkPolicy, and what it makes of it, held to an API server that would have to take it. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePolicies } from '#lib/cli/policy-file.ts';
import { apply } from './apply.ts';
import { identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [identity('viewer', VIEWERS)] });
  await apply(api.admin, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'some', namespace: 'tried' } }]);
});
afterAll(() => api?.stop());

/** Mostly what is right, and now and then what is not. */
const mostly = <T>(right: fc.Arbitrary<T>, ...wrong: readonly unknown[]) =>
  fc.oneof({ weight: 24, arbitrary: right as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(fields, { requiredKeys: [] });

const key = mostly(fc.constantFrom('app', 'example.com/tier', 'a.b_c-D'), '', '-app', 'a/b/c', '/app', 'Example.com/app');
const value = mostly(fc.constantFrom('web', '', 'A_b.c-1'), 'a b', '-', 'x'.repeat(64));
const expression = fc.oneof(
  fc.record({
    key,
    operator: mostly(fc.constantFrom('In', 'NotIn'), 'Is', 'in'),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  mostly(
    fc.constant({ key: 'app', operator: 'Exists' }),
    { key: 'app', operator: 'In' },
    { key: 'app', operator: 'Exists', values: ['a'] },
  ),
);
const selector = some({
  matchLabels: mostly(fc.dictionary(fc.constantFrom('app', 'tier'), value, { minKeys: 1, maxKeys: 2 }), null),
  matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }),
});
const port = some({
  protocol: mostly(fc.constantFrom('TCP', 'UDP', 'SCTP'), 'tcp', 'ICMP', null),
  port: mostly(
    fc.constantFrom<unknown>(1, 53, 65535, 'dns', 'dns-tcp', 'h2'),
    0,
    65536,
    -1,
    '53',
    'UPPER',
    'a--b',
    'waytoolongforaname',
    '-a',
    null,
  ),
}).chain((given) =>
  mostly(
    fc.constant(given),
    { ...given, endPort: 60000 },
    { port: 80, endPort: 79 },
    { port: 80, endPort: 80 },
    { port: 'web', endPort: 90 },
    { endPort: 90 },
  ),
);
const block = fc.record(
  {
    cidr: mostly(fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32'), '10.0.0.0', '10.0.0.0/33', 'ten', ''),
    except: fc.array(mostly(fc.constantFrom('10.1.0.0/16'), '11.0.0.0/8', '10.0.0.0/8', '2001:db8:1::/48', 'x'), {
      maxLength: 2,
    }),
  },
  { requiredKeys: ['cidr'] },
);
const peer = mostly(
  fc.oneof(some({ podSelector: selector, namespaceSelector: selector }), fc.record({ ipBlock: block })),
  {},
  { podSelector: null },
  { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } },
  { ipBlock: {} },
  { podselector: {} },
);
const rules = (peers: 'from' | 'to') =>
  fc.array(
    mostly(
      some({ ports: fc.array(port, { maxLength: 2 }), [peers]: fc.array(peer, { maxLength: 2 }) }),
      { to: [], from: [] },
      { ports: null },
    ),
    {
      maxLength: 2,
    },
  );
const spec = some({
  podSelector: mostly(selector, null),
  policyTypes: mostly(fc.subarray(['Ingress', 'Egress']), null, ['ingress'], ['Both']),
  ingress: mostly(rules('from'), null),
  egress: mostly(rules('to'), null),
});
const policy = spec.map((given) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'tried', namespace: 'tried' },
  spec: given,
}));

/** Undefined where it is refused. */
function parsed(manifest: unknown) {
  try {
    return parsePolicies(JSON.stringify(manifest), 'policy.yaml');
  } catch (error) {
    if ((error as Error).name !== 'ConfigInvalid') throw error;
    return undefined;
  }
}

const DRY_RUN = '/apis/networking.k8s.io/v1/namespaces/tried/networkpolicies?dryRun=All&fieldValidation=Strict';

test('a policy is taken, refused and defaulted as the API server does', async () => {
  const seen = { taken: 0, refused: 0 };
  const property = fc.asyncProperty(policy, async (manifest) => {
    const { status, body } = await api.admin.request('POST', DRY_RUN, manifest);
    expect([201, 400, 422]).toContain(status);
    const ours = parsed(manifest);
    expect(ours === undefined ? 'refused' : 'taken', JSON.stringify(body)).toBe(status === 201 ? 'taken' : 'refused');
    seen[status === 201 ? 'taken' : 'refused']++;
    if (status === 201) expect(ours).toEqual(parsed(body));
  });
  await fc.assert(property, { numRuns: 1000 });
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(100);
});
