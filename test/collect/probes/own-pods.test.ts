/** Pods of one's own on the sandbox, whose reactions stand for a kubelet. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessAdvice } from '#lib/collect/kubernetes/access.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { kubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import { followPod, hasEnded, podLog } from '#lib/collect/probes/follow-pod.ts';
import { ownLabels, ownName, podsOf, sweepPods } from '#lib/collect/probes/own-pods.ts';
import { startTally } from '#lib/collect/progress.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import type { World } from '#lib/sandbox/world.ts';
import { enterCluster } from '#test/sandbox/kubernetes-client.ts';
import { type Entered, enter } from '#test/sandbox/start.ts';

const NAMESPACE = 'kube-system';
const PROBE = 'a-probe';
const fleet = embeddedFleet(new Date());
const world: World = {
  ...fleet,
  clusters: fleet.clusters.map((cluster) => ({
    ...cluster,
    reactions: [
      {
        kind: 'Pod',
        labels: ownLabels(PROBE),
        steps: [
          { afterMs: 0, merge: { status: { phase: 'Pending' } } },
          { afterMs: 60, merge: { status: { phase: 'Succeeded' } } },
        ],
        log: 'what it saw\n',
      },
    ],
  })),
};

let entered: Entered;
let server: Awaited<ReturnType<typeof enterCluster>>;
const run = new AbortController();
function sources(signal = run.signal) {
  const authorization = async () => `Bearer ${server.token}`;
  const connection = connect({ server: server.server, tls: { ca: server.ca }, authorization });
  const unread = { ok: false, code: 'InputMissing', reason: '', remedy: '' } as const;
  const cluster = { connection, advice: accessAdvice(unread, server.server), signal };
  const tally = startTally(() => undefined);
  return { signal, kubernetes: kubernetesReader(cluster, tally), kubernetesWrites: kubernetesWriter(cluster, tally) };
}
beforeAll(async () => {
  entered = await enter(world);
  server = await enterCluster(entered, 'media-staging');
});
afterAll(() => entered?.[Symbol.asyncDispose]());

const aPod = (name: string, probe = PROBE) => ({ metadata: { name, namespace: NAMESPACE, labels: ownLabels(probe) }, spec: {} });
const podNames = () => sources().kubernetes.list(podsOf(NAMESPACE), ({ metadata }) => (metadata as { name: string }).name);
const follow = (name: string, timeout: number, signal?: AbortSignal) =>
  followPod(sources(signal), { namespace: NAMESPACE, name, until: hasEnded, timeout, every: 10 });

describe('a pod of our own', () => {
  it('is followed to its end, read, and gone afterwards', async () => {
    const name = ownName(PROBE);
    const said = await sources().kubernetesWrites.temporarily(podsOf(NAMESPACE), aPod(name), async () => {
      expect(await follow(name, 10_000)).toMatchObject({ met: true, pod: { status: { phase: 'Succeeded' } } });
      return podLog(sources(), { namespace: NAMESPACE, name, limit: 100 });
    });
    expect(said).toBe('what it saw\n');
    expect(await podNames()).not.toContain(name);
  });

  it('whose log is longer than what is read is refused', async () => {
    const name = ownName(PROBE);
    const work = sources().kubernetesWrites.temporarily(podsOf(NAMESPACE), aPod(name), () =>
      podLog(sources(), { namespace: NAMESPACE, name, limit: 4 }),
    );
    await expect(work).rejects.toMatchObject({ code: 'UnexpectedResponse' });
  });

  it('that never ends is left when the time is over, as it was seen last', async () => {
    const name = ownName('stuck');
    await sources().kubernetesWrites.temporarily(podsOf(NAMESPACE), aPod(name, 'stuck'), async () => {
      expect(await follow(name, 30)).toMatchObject({ met: false, pod: { metadata: { name } } });
    });
  });

  it('that somebody deletes is seen to be gone', async () => {
    expect(await follow('cniwatch-nobody', 1_000)).toEqual({ pod: undefined, met: false });
  });

  it('is not followed beyond the end of the run', async () => {
    const ending = new AbortController();
    const name = ownName('stuck');
    await sources().kubernetesWrites.temporarily(podsOf(NAMESPACE), aPod(name, 'stuck'), async () => {
      const following = follow(name, 60_000, ending.signal);
      ending.abort(new Error('over'));
      await expect(following).rejects.toThrow('over');
    });
  });

  it('cannot be made twice, nor where there is no namespace', async () => {
    const name = ownName('twice');
    const { kubernetesWrites } = sources();
    await kubernetesWrites.temporarily(podsOf(NAMESPACE), aPod(name), () =>
      expect(kubernetesWrites.create(podsOf(NAMESPACE), aPod(name))).rejects.toMatchObject({ code: 'AlreadyExists' }),
    );
    await expect(kubernetesWrites.create(podsOf('nowhere'), aPod(name))).rejects.toMatchObject({ code: 'NotServed' });
  });
});

describe('what a crashed run left', () => {
  it('is deleted once it is old enough, and only what the same probe made', async () => {
    const [left, others] = [ownName(PROBE), ownName('another')];
    const { kubernetesWrites } = sources();
    await kubernetesWrites.create(podsOf(NAMESPACE), aPod(left));
    await kubernetesWrites.create(podsOf(NAMESPACE), aPod(others, 'another'));
    const sweep = (now: Date) => sweepPods(sources(), { namespace: NAMESPACE, probe: PROBE, olderThan: 600_000, now });
    const before = await podNames();
    expect(await sweep(new Date())).toBe(0);
    expect(await sweep(new Date(Date.now() + 700_000))).toBe(1);
    expect(await podNames()).toEqual(before.filter((name) => name !== left));
  });
});
