/** The checks of the canary, in worlds in which they say this and that: pods are really made in the sandbox, and deleted again. */
import { describe, expect, it } from 'vitest';
import { type CanarySettings, canarySettings } from '#lib/model/canary-settings.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { contradictions } from '#test/sandbox/world-consistency.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { canary, OTHER_OUTSIDE, OUTSIDE } from './worlds/canary.ts';
import { withCluster } from './worlds/cni.ts';
import { shop } from './worlds/shop.ts';

/** What does not come comes never: there is no use in waiting long for it. */
const SETTINGS: CanarySettings = { ...canarySettings.parse({ egress: [OUTSIDE] }), timeoutSeconds: 0.4 };
const withSettings = (over: Partial<CanarySettings> = {}): HowToAssess => ({
  settings: { ...DEFAULT_COLLECT_SETTINGS, canary: { ...SETTINGS, ...over } },
});
const forbidden = (...kinds: readonly string[]) => withCluster(canary(), () => ({ forbidden: kinds }));

type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];

const NO_TOOLS: readonly Row[] = [
  ['the image lacks the tools', () => canary({ tools: 'missing' }), 'unknown'],
  ['no pod gets a network', () => canary({ server: 'has no network', client: 'has no network' }), 'unknown'],
  ['nobody may read logs', () => forbidden('pods/log'), 'unknown'],
  ['nobody switched it on', () => canary(), 'not-applicable', { optIn: [] }],
];
const CASES: Readonly<Record<string, readonly Row[]>> = {
  'canary-pod': [
    ['all is well', () => canary(), 'ok'],
    ['a pod on each node in turn', () => canary(), 'ok', withSettings({ mode: 'pinned', nodes: 2 })],
    ['the network comes late', () => canary({ secondsToNetwork: 20 }), 'warning'],
    ['the network comes very late', () => canary({ secondsToNetwork: 70 }), 'critical'],
    ['no pod gets a network', () => canary({ server: 'has no network', client: 'has no network' }), 'critical'],
    ['the pod of one node gets none', () => canary({ client: 'has no network' }), 'critical'],
    ['nodes are full', () => canary({ server: 'has no node', client: 'has no node' }), 'warning'],
    ['the image cannot be pulled', () => canary({ server: 'has no image', client: 'has no image' }), 'unknown'],
    ['the container does not start', () => canary({ client: 'crashes' }), 'unknown'],
    ['there is no namespace', () => shop(), 'unknown'],
    ['nobody may make pods', () => forbidden('create pods'), 'unknown'],
    ['nobody switched it on', () => canary(), 'not-applicable', { optIn: [] }],
  ],
  'canary-pod-to-pod': [
    ['all is well', () => canary(), 'ok'],
    ['the first attempt is in vain', () => canary({ hesitates: true }), 'warning'],
    ['pods do not reach each other', () => canary({ ways: [] }), 'critical'],
    ['only UDP is dropped', () => canary({ ways: ['tcp by pod', 'tcp by service'] }), 'critical'],
    ['the Service does not answer', () => canary({ ways: ['tcp by pod', 'udp by pod'] }), 'critical'],
    ['the other pod does not serve', () => canary({ server: 'crashes' }), 'unknown'],
    ['there is one node', () => canary({}, { group: { count: 1 } }), 'not-applicable'],
    ['it is switched off', () => canary(), 'not-applicable', withSettings({ podToPod: false })],
    ...NO_TOOLS,
  ],
  'canary-dns': [
    ['all is well', () => canary(), 'ok'],
    ['nobody answers', () => canary({ resolver: 'silent', coreDns: 'silent' }), 'critical'],
    ['only the Service does not', () => canary({ resolver: 'silent' }), 'critical'],
    ['CoreDNS answers in part', () => canary({ resolver: 'in part' }), 'warning'],
    ['a CoreDNS pod is silent', () => canary({ coreDns: 'silent' }), 'warning'],
    ['answers are slow', () => canary({ msToAnswer: 2_500 }), 'warning'],
    ['the script was cut short', () => canary({ cut: true }), 'unknown'],
    ...NO_TOOLS,
  ],
  'canary-egress': [
    ['all is well', () => canary(), 'ok'],
    ['nothing outside answers', () => canary({ outside: 'silent' }), 'critical'],
    [
      'one of two targets answers',
      () => canary({ otherOutside: 'silent' }),
      'warning',
      withSettings({ egress: [OUTSIDE, OTHER_OUTSIDE] }),
    ],
    [
      'one of two targets was not tried',
      () => canary(),
      'unknown',
      withSettings({ egress: [OUTSIDE, 'untried.example.com:443'] }),
    ],
    ['its name is not resolved', () => canary({ outside: 'unresolved' }), 'unknown'],
    ['no target is named', () => canary(), 'not-applicable', withSettings({ egress: [] })],
    ...NO_TOOLS,
  ],
  'canary-routes': [
    ['all is well', () => canary(), 'ok'],
    ['there is no default route', () => canary({ routes: 'none' }), 'critical'],
    ['the API server does not answer', () => canary({ apiServer: 'silent' }), 'warning'],
    ['routes were not read', () => canary({ routes: 'unread' }), 'unknown'],
    ...NO_TOOLS.slice(1),
  ],
};

describe.each(Object.entries(CASES))('%s', (id, cases) => {
  it.each(cases.map(([situation, makeWorld, verdict, how]) => ({ situation, makeWorld, verdict, how })))(
    '$situation: $verdict',
    async ({ makeWorld, verdict, how }) => {
      const world = makeWorld();
      expect(contradictions(world)).toEqual([]);
      const { findings } = await assessWorld(world, { ...withSettings(), ...how });
      const own = findings.filter(({ check }) => check === id);
      expect(own).not.toEqual([]);
      expect(worstVerdict(own.map((finding) => finding.verdict)), own.map(({ summary }) => summary).join('\n')).toBe(verdict);
    },
  );
});
