import { describe, expect, it } from 'vitest';
import { CALICO_GROUPS, listWhole, type WholeKind } from '#lib/collect/kubernetes/custom-resource.ts';
import { toDiscovery } from '#lib/collect/kubernetes/discovery.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { ABSENT, isPartlyRead } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';

const KINDS: readonly WholeKind[] = [
  { groups: CALICO_GROUPS, resource: 'ippools', kind: 'IPPool' },
  { groups: CALICO_GROUPS, resource: 'networkpolicies', kind: 'NetworkPolicy' },
  { groups: ['policy.networking.k8s.io'], resource: 'clusternetworkpolicies', kind: 'ClusterNetworkPolicy' },
  { groups: ['networking.k8s.aws'], resource: 'clusternetworkpolicies', kind: 'ClusterNetworkPolicy' },
];
const REFUSED = new ReadFailure('Forbidden', 'GET … answered 403.', 'grant it');
const THROTTLED = new ReadFailure('Throttled', 'GET … answered 429.', 'later');

/** An API server that serves these groups, and answers so for some of their resources: `<group> <resource>`. */
function reader(groups: readonly string[], answers: Readonly<Record<string, Error>> = {}): KubernetesReader {
  const document = { kind: 'APIGroupList', groups: groups.map((name) => ({ name, versions: [{ version: 'v1' }] })) };
  const request = { operation: '', apiGroup: '', resource: '', server: '', advice: { unreachable: '', unauthorized: '' } };
  return {
    list: async ({ apiGroup, resource }, map) => {
      const failure = answers[`${apiGroup} ${resource}`];
      if (failure !== undefined) throw failure;
      return [map({ metadata: { name: `one-of-${resource}` } })];
    },
    get: async () => undefined,
    text: async () => '',
    discovery: async () => toDiscovery(document, request),
  };
}

const BOTH = ['crd.projectcalico.org', 'networking.k8s.aws'];

async function listed(kubernetes: KubernetesReader) {
  const answer = await listWhole(kubernetes, KINDS);
  if (answer === ABSENT) return 'absent';
  const { data, unread } = isPartlyRead(answer) ? answer : { data: answer, unread: [] };
  return { kinds: data.map(({ kind }) => kind), unread: unread.map(({ kind, code }) => `${kind} ${code}`) };
}

describe('kinds that are kept whole', () => {
  it.each<[string, KubernetesReader, object | string]>([
    ['none is served', reader([]), 'absent'],
    ['all that are served were read', reader(BOTH), { kinds: ['IPPool', 'NetworkPolicy', 'ClusterNetworkPolicy'], unread: [] }],
    [
      'one is refused',
      reader(BOTH, { 'crd.projectcalico.org ippools': REFUSED }),
      { kinds: ['NetworkPolicy', 'ClusterNetworkPolicy'], unread: ['IPPool Forbidden'] },
    ],
    [
      'two fail, whose names Kubernetes and another group have too',
      reader(BOTH, {
        'crd.projectcalico.org networkpolicies': THROTTLED,
        'networking.k8s.aws clusternetworkpolicies': REFUSED,
      }),
      {
        kinds: ['IPPool'],
        unread: ['NetworkPolicy.crd.projectcalico.org Throttled', 'ClusterNetworkPolicy.networking.k8s.aws Forbidden'],
      },
    ],
  ])('%s', async (_situation, kubernetes, expected) => {
    expect(await listed(kubernetes)).toEqual(expected);
  });

  it.each<[string, Readonly<Record<string, Error>>, Error]>([
    [
      'all that are served are refused',
      { 'crd.projectcalico.org ippools': REFUSED, 'crd.projectcalico.org networkpolicies': REFUSED },
      REFUSED,
    ],
    ['a flaw of our own', { 'crd.projectcalico.org ippools': new TypeError('oops') }, new TypeError('oops')],
  ])('%s: the source has failed', async (_situation, answers, error) => {
    await expect(listWhole(reader(['crd.projectcalico.org'], answers), KINDS)).rejects.toEqual(error);
  });
});
