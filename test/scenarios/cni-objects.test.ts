/** What the worlds of the other CNIs hold is what their CustomResourceDefinitions let stand: nothing missing, nothing that would be pruned. */
import { expect, test } from 'vitest';
import type { JsonObject, World } from '#lib/sandbox/world.ts';
import { CNI_SCHEMAS } from '#test/oracles/kubernetes/cni-schemas.ts';
import { calico, calicoAgents, calicoBgp, calicoWhole } from './worlds/calico.ts';
import { ciliumWhole, clusterPool, eniMode } from './worlds/cilium.ts';

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

/** Where a value is not as the schema has it; an unknown field counts, since the API server drops it. */
function faults(value: unknown, schema: Schema, at: string): readonly string[] {
  if (value === null && schema.nullable) return [];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at}: ${value} is none of its values`];
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? fieldFaults(value as JsonObject, schema, at)
        : [`${at}: no object`];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => faults(item, schema.items ?? {}, `${at}[${index}]`))
        : [`${at}: no list`];
    case 'integer':
      return Number.isInteger(value) ? [] : [`${at}: ${value} is no integer`];
    default:
      return typeof value === schema.type ? [] : [`${at}: ${value} is no ${schema.type}`];
  }
}

function fieldFaults(
  value: JsonObject,
  { properties = {}, additionalProperties, required = [] }: Schema,
  at: string,
): readonly string[] {
  const missing = required.filter((name) => value[name] === undefined).map((name) => `${at}.${name}: missing`);
  const wrong = Object.entries(value).flatMap(([name, of]) => {
    const schema = properties[name] ?? additionalProperties;
    if (of === undefined) return [];
    return schema === undefined ? [`${at}.${name}: unknown`] : faults(of, schema, `${at}.${name}`);
  });
  return [...missing, ...wrong];
}

/** Of every object of a kind that is known, and of what agents make of those that are created. */
function faultsOf({ clusters }: World): readonly string[] {
  return clusters.flatMap(({ kubernetes, reactions = [] }) => {
    const schemas = new Map(
      kubernetes.flatMap(({ apiVersion, plural, kind }) => {
        const schema = CNI_SCHEMAS.get(`${plural}.${apiVersion.split('/')[0]}`)?.schema as Schema | undefined;
        return schema === undefined ? [] : [[kind, schema] as const];
      }),
    );
    const objects = kubernetes.flatMap(({ kind, items }) => items.map(({ spec, status }) => ({ kind, own: { spec, status } })));
    const filled = reactions.flatMap(({ kind, steps }) => steps.map(({ merge }) => ({ kind, own: merge })));
    return [...objects, ...filled].flatMap(({ kind, own }) => {
      const schema = schemas.get(kind);
      return schema === undefined ? [] : faults(own, schema, kind);
    });
  });
}

const IPIP = { cidr: '10.244.0.0/24', ipipMode: 'Always' };
const STRICT = { strictAffinity: true, autoAllocateBlocks: true };

test.each<[string, World]>([
  ['Cilium, every field', ciliumWhole()],
  ['Cilium, ENI mode', eniMode(20, 12)],
  ['Cilium, cluster-pool', clusterPool(20)],
  ['Calico v1, every kind', calicoWhole('v1')],
  ['Calico v3, every kind', calicoWhole('v3')],
  ['Calico v1, blocks', calico({ blocks: [40, 64, 0, 0], config: STRICT })],
  ['Calico v3, blocks', calico({ group: 'v3', blocks: [40, 64, 0, 0], config: STRICT })],
  ['Calico, IP-in-IP', calico({ pools: { pods: IPIP }, blocks: [1] })],
  ['Calico, statuses that are kept', calicoBgp('Established', 'Idle')],
  [
    'Calico, statuses that are asked for',
    calicoAgents({
      agents: () => ['OpenConfirm'],
      peers: ([first]) => ({ rack: { spec: { nodeSelector: 'all()', peerIP: first, asNumber: 64_513 } } }),
    }),
  ],
])('%s', (_name, world) => {
  expect(faultsOf(world)).toEqual([]);
});

test('a world that is not so is found out', () => {
  expect(faultsOf(calico({ pools: { pods: { blockSize: '26', mode: 'Always', ipipMode: 'Sometimes' } } }))).toEqual([
    'IPPool.spec.cidr: missing',
    'IPPool.spec.blockSize: 26 is no integer',
    'IPPool.spec.mode: unknown',
    'IPPool.spec.ipipMode: Sometimes is none of its values',
  ]);
});
