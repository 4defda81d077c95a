/** What pods that look at nodes find in worlds in which that is this and that: found, read and judged through the real SDK clients. */
import { expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import * as files from './worlds/node-files.ts';
import { autoMode } from './worlds/nodes.ts';
import { shop } from './worlds/shop.ts';

/** `says` stands in the evidence of one of the findings, and in its summary where it is a pattern. */
type Row = readonly [
  situation: string,
  world: () => World,
  verdict: Verdict,
  says?: object | RegExp | undefined,
  how?: HowToAssess,
];

const problem = (kind: string, more: object = {}) => ({ problems: [kind], ...more });
const CASES: readonly Row[] = [
  ['as the VPC CNI writes them', files.asWritten, 'ok', { network: 'aws-cni', plugins: ['aws-cni', 'egress-cni', 'portmap'] }],
  ['lines that end as in Windows', files.windowsLines, 'ok', { problems: [] }],
  ['a missing binary', files.missingBinary, 'critical', problem('missing-binary', { missingBinaries: ['aws-cni'] })],
  ['invalid JSON', files.invalidJson, 'critical', /a name in double quotes is missing \(line 2, column 3\)/],
  ['no configuration', files.noConfig, 'critical', problem('no-config', { configFiles: [] })],
  ['an unreadable configuration', files.unreadable, 'critical', problem('unreadable-config')],
  ['two configurations', files.twoConfigs, 'warning', problem('several-configs')],
  ['one that another CNI left first', files.leftByCilium, 'critical', { problems: ['other-cni', 'several-configs'] }],
  ['no default route', files.noRoute, 'critical', problem('no-default-route', { defaultRoute: false })],
  ['policies, and no BPF file system', files.policiesWithoutBpf, 'critical', problem('bpf-not-mounted', { bpfMounted: false })],
  ['Cilium, and no BPF file system', () => files.underCilium(false), 'critical', problem('bpf-not-mounted')],
  ['Cilium, and its BPF file system', () => files.underCilium(true), 'ok', { network: 'cilium' }],
  [
    'Calico that asks the API server of before',
    () => files.calicoAsks('https://10.0.9.9:443'),
    'critical',
    /calico-kubeconfig names the wrong API server: 10\.0\.9\.9/,
  ],
  [
    'Calico that asks the endpoint of another cluster',
    () => files.calicoAsks('https://0A1B.gr7.eu-west-1.eks.amazonaws.com'),
    'critical',
    problem('stale-api-server'),
  ],
  ['Calico that asks the Service kubernetes', () => files.calicoAsks('https://10.100.0.1:443'), 'ok'],
  ['a node without room for the probe', files.noRoom, 'unknown', /were not read: Its pod failed: OutOfpods\./],
  ['a node that tells what no node has', files.forged, 'unknown', /is not understood/],
  ['nobody made the namespace', () => shop(), 'unknown', /NotServed/],
  ['nobody switched it on', files.missingBinary, 'not-applicable', undefined, { optIn: [] }],
  ['Auto Mode', () => files.probed(autoMode(), {}), 'not-applicable'],
];

const FLANNEL: readonly Row[] = [
  [
    'every node knows the way to the others',
    () => files.flannelWays(),
    'ok',
    { overlay: expect.objectContaining({ peers: 3, unrouted: [] }) },
  ],
  [
    'one node does not know the way to another',
    () => files.flannelWays(2),
    'critical',
    { overlay: expect.objectContaining({ unrouted: [expect.any(String)] }) },
  ],
  ['nobody looked', () => files.flannelWays(2), 'ok', { overlay: null }, { optIn: [] }],
];

const ROWS = [
  ...CASES.map((row) => ['cni-config-files', row] as const),
  ...FLANNEL.map((row) => ['flannel-backend', row] as const),
];

it.each(ROWS.map(([check, [situation, world, verdict, says, how]]) => ({ check, situation, world, verdict, says, how })))(
  '$check, $situation: $verdict',
  async ({ check: id, world, verdict, says, how }) => {
    const { findings } = await assessWorld(world(), { optIn: ['nodeProbes'], ...how });
    const own = findings.filter(({ check }) => check === id);
    expect(worstVerdict(own.map((finding) => finding.verdict))).toBe(verdict);
    const worst = own.filter((finding) => finding.verdict === verdict);
    if (says instanceof RegExp) expect(worst.map(({ summary }) => summary)).toContainEqual(expect.stringMatching(says));
    else if (says) expect(worst.map(({ evidence }) => evidence)).toContainEqual(expect.objectContaining(says));
  },
);
