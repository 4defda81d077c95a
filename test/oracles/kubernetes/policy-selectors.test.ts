/** The selectors of policies, held to an API server that selects by the same. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabelSelector } from '#lib/model/kubernetes.ts';
import { compileSelector } from '#lib/network/policy/selectors.ts';
import { apply } from './apply.ts';
import { identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

/** `constructor` is a label like any other, and so is one without a value. */
const KEYS = ['app', 'tier', 'constructor'];
const VALUES = ['a', 'b', ''];

/** Every combination of values, and of labels that are not there. */
const LABELS = KEYS.reduce<Record<string, string>[]>(
  (all, key) => all.flatMap((labels) => [labels, ...VALUES.map((value) => ({ ...labels, [key]: value }))]),
  [{}],
);
const nameOf = (at: number) => `labelled-${at}`;

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [identity('viewer', VIEWERS)] });
  await apply(
    api.admin,
    LABELS.map((labels, at) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: nameOf(at), namespace: 'labelled', labels },
    })),
  );
});
afterAll(() => api?.stop());

const key = fc.constantFrom(...KEYS);
const values = fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 });
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: fc.dictionary(key, fc.constantFrom(...VALUES), { maxKeys: 1 }),
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values }),
      fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    ),
    { maxLength: 2 },
  ),
});

/** The same in the words of a list's `labelSelector`. */
function query({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const words = { In: 'in', NotIn: 'notin' } as Readonly<Record<string, string>>;
  return [
    ...Object.entries(matchLabels).map(([name, value]) => `${name}=${value}`),
    ...matchExpressions.map((one) => {
      const word = words[one.operator];
      if (word !== undefined) return `${one.key} ${word} (${one.values?.join(',')})`;
      return one.operator === 'Exists' ? one.key : `!${one.key}`;
    }),
  ].join(',');
}

test('a selector selects what the API server selects by it', async () => {
  const property = fc.asyncProperty(selector, async (of) => {
    const path = `/api/v1/namespaces/labelled/configmaps?labelSelector=${encodeURIComponent(query(of))}`;
    const { status, body } = await api.admin.request('GET', path);
    expect(status).toBe(200);
    const items = (body as { items: readonly { metadata: { name: string } }[] }).items;
    const { matches } = compileSelector(of);
    const selected = LABELS.flatMap((labels, at) => (matches({ labels, whole: true }) === true ? [nameOf(at)] : []));
    expect(selected.sort()).toEqual(items.map(({ metadata }) => metadata.name).sort());
  });
  await fc.assert(property, { numRuns: 300 });
});
