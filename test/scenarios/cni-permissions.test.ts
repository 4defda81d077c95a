/** The agents' permissions in worlds in which they have them and not: found, read and judged through the real SDK clients. */
import { expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { refused } from './worlds/cni.ts';
import { autoMode } from './worlds/nodes.ts';
import { askingRefused, awsRefuses, withoutRights } from './worlds/permissions.ts';
import { shop } from './worlds/shop.ts';

const ASKED = { optIn: ['accessReviews'] } as const;
const NOT_ASKED = { optIn: [] } as const;

const CASES: readonly (readonly [string, () => World, Verdict, object, HowToAssess])[] = [
  ['all is granted', () => shop(), 'ok', { rbac: 'asked', missing: [] }, ASKED],
  [
    'an upgrade took watch on nodes away',
    () => withoutRights('watch nodes'),
    'critical',
    { missing: [{ verb: 'watch', resource: 'nodes', apiGroup: '', without: 'ipamd does not start', toldBy: 'access-review' }] },
    ASKED,
  ],
  [
    'no events can be written',
    () => withoutRights('create events'),
    'warning',
    { serviceAccount: 'kube-system/aws-node' },
    ASKED,
  ],
  ['cniwatch may not ask', askingRefused, 'unknown', { rbac: 'failed' }, ASKED],
  ['nobody asked', () => withoutRights('watch nodes'), 'ok', { rbac: 'not-asked' }, NOT_ASKED],
  ['AWS refuses interfaces', () => awsRefuses('ec2:CreateNetworkInterface'), 'critical', { iamEvents: 1 }, NOT_ASKED],
  ['AWS refuses tags', () => awsRefuses('ec2:CreateTags'), 'warning', { iamActions: ['ec2:CreateTags'] }, NOT_ASKED],
  ['events refused', () => refused('events'), 'unknown', { rbac: 'not-asked' }, NOT_ASKED],
  ['Auto Mode', autoMode, 'not-applicable', {}, ASKED],
];

it.each(CASES.map(([situation, world, verdict, says, how]) => ({ situation, world, verdict, says, how })))(
  'cni-permissions, $situation: $verdict',
  async ({ world, verdict, says, how }) => {
    const own = (await assessWorld(world(), how)).findings.filter(({ check }) => check === 'cni-permissions');
    expect(worstVerdict(own.map((finding) => finding.verdict)), own.map(({ summary }) => summary).join('\n')).toBe(verdict);
    expect(own.map(({ evidence }) => evidence)).toContainEqual(expect.objectContaining(says));
  },
);
