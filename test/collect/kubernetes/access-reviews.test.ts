import { describe, expect, it } from 'vitest';
import { accessReviews } from '#lib/collect/kubernetes/access-reviews.ts';
import { type JsonObject, object } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { aDaemonSet, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

const FORBIDDEN = new ReadFailure('Forbidden', 'POST … answered 403.', 'grant it');
const THROTTLED = new ReadFailure('Throttled', 'POST … answered 429.', 'later');
const AWS_NODE = awsNode({}, { serviceAccountName: 'aws-node' });
const CALICO = aDaemonSet({
  namespace: 'calico-system',
  name: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  containers: [{ name: 'calico-node', image: 'calico:3', init: false, env: { DATASTORE_TYPE: 'kubernetes' }, args: [] }],
});

type Answer = (attributes: Readonly<Record<string, unknown>>) => JsonObject | ReadFailure;

/** Runs the collector against an API server that answers so; what it was asked. */
async function collect(answer: Answer, daemonSets: Parameters<typeof aSnapshot>[0] = { daemonSets: [AWS_NODE] }) {
  const specs: JsonObject[] = [];
  const create: KubernetesWriter['create'] = async (at, body) => {
    expect(at).toMatchObject({ path: '/apis/authorization.k8s.io/v1/subjectaccessreviews' });
    expect(body).toMatchObject({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' });
    const spec = object(body['spec']);
    specs.push(spec);
    const answered = answer(object(spec['resourceAttributes']));
    if (answered instanceof ReadFailure) throw answered;
    return { ...body, status: answered };
  };
  const sources = { kubernetesWrites: { create } } as unknown as Sources;
  const data = await accessReviews.collect(sources, aSnapshot(daemonSets).slices).catch((error: unknown) => error);
  return { data: data as readonly Record<string, unknown>[], specs };
}

describe('what the agents of the CNIs may do', () => {
  it('is asked for in the name of their service account and its groups, in all namespaces', async () => {
    const { data, specs } = await collect(() => ({ allowed: true }));
    expect(specs[0]).toEqual({
      user: 'system:serviceaccount:kube-system:aws-node',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      resourceAttributes: { verb: 'get', group: '', resource: 'nodes' },
    });
    expect(data).toHaveLength(specs.length);
    const asked = { namespace: 'kube-system', serviceAccount: 'aws-node', verb: 'get', apiGroup: '', resource: 'nodes' };
    expect(data[0]).toEqual({ ...asked, allowed: true });
  });

  it('is asked for in a second group only where the first does not grant it', async () => {
    const { data } = await collect(({ group }) => ({ allowed: group !== 'crd.projectcalico.org' }), { daemonSets: [CALICO] });
    const pools = data.filter(({ resource, verb }) => resource === 'ippools' && verb === 'watch');
    expect(pools).toMatchObject([
      { apiGroup: 'crd.projectcalico.org', allowed: false, serviceAccount: 'default' },
      { apiGroup: 'projectcalico.org', allowed: true },
    ]);
    expect(data.filter(({ resource, verb }) => resource === 'pods' && verb === 'get')).toHaveLength(1);
  });

  it('has subresources as such', async () => {
    const { specs } = await collect(() => ({ allowed: true }), { daemonSets: [CALICO] });
    const attributes = { verb: 'patch', group: '', resource: 'nodes', subresource: 'status' };
    expect(specs.map((spec) => spec['resourceAttributes'])).toContainEqual(attributes);
  });

  it.each<[string, JsonObject | ReadFailure, object]>([
    ['a plain no', { allowed: false, reason: '' }, { allowed: false }],
    [
      'a no of an authorizer that failed',
      { allowed: false, evaluationError: 'webhook: timeout' },
      { unread: expect.stringContaining('webhook') },
    ],
    ['a yes beside an authorizer that failed', { allowed: true, evaluationError: 'webhook: timeout' }, { allowed: true }],
    ['no status', {}, { unread: expect.any(String) }],
    ['a failure of one question', THROTTLED, { unread: THROTTLED.message }],
  ])('%s is kept as such, and the others go on', async (_what, answer, expected) => {
    const { data } = await collect(({ verb, resource }) => (verb === 'list' && resource === 'pods' ? answer : { allowed: true }));
    const review = data.find(({ verb, resource }) => verb === 'list' && resource === 'pods');
    expect(review).toMatchObject(expected);
    expect(review).not.toHaveProperty('allowed' in expected ? 'unread' : 'allowed');
    expect(data.filter(({ allowed }) => allowed === true).length).toBeGreaterThanOrEqual(data.length - 1);
  });

  it('is refused once where nobody may ask, and not for every right', async () => {
    const { data, specs } = await collect(() => FORBIDDEN);
    expect(data).toBe(FORBIDDEN);
    expect(specs).toHaveLength(1);
  });

  it('is not asked for where no agent is known, and not known where DaemonSets were not read', async () => {
    expect((await collect(() => ({ allowed: true }), { daemonSets: [] })).data).toEqual([]);
    expect((await collect(() => ({ allowed: true }), { daemonSets: DENIED })).data).toMatchObject({ code: 'InputMissing' });
  });
});
