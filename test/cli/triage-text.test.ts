import { describe, expect, test } from 'vitest';
import { triageText } from '#lib/cli/triage-text.ts';
import { topologyWith } from '#lib/evaluate/topology.ts';
import { triage } from '#lib/evaluate/triage/triage.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import type { Finding } from '#lib/model/finding.ts';
import { aFinding, anAssessment } from '#test/scenarios/assessments.ts';
import { NOW } from '#test/scenarios/slices.ts';

const WIDTH = 80;
const NODES = topologyWith(['n1', 'n2', 'n3'].map((name) => ({ name, zone: 'a', subnetId: 's', podSubnets: ['s'] })));

const finding = (fingerprint: string, check: string, over: Partial<Finding> = {}): Finding => {
  const { remediation: _none, ...rest } = aFinding({ fingerprint, check, evidence: {} });
  return { ...rest, resource: { kind: 'cluster', id: 'arn', name: 'shop-prod' }, ...over };
};

/** A source that failed, with a reason as long as they come. */
const failed = (id: string) => ({
  id,
  ok: false,
  code: 'Forbidden' as const,
  reason: `${id} could not be read: the server says that the user arn:aws:sts::111122223333:assumed-role/reader may not. `.repeat(
    3,
  ),
  remedy: 'Grant the verb get on it to the group of the access entry, as docs/permissions.md has it.',
  durationMs: 0,
  calls: {},
  pages: 0,
});

function screen(findings: readonly Finding[], gaps: readonly string[]): readonly string[] {
  const { account, region, name, arn, ...assessment } = anAssessment(findings, { collectors: gaps.map(failed) });
  const told = triage({ ...assessment, account, region, name, arn }, NODES);
  const cluster = { account, region, name, arn };
  const document = { schemaVersion: 1 as const, generatedAt: NOW, takenAt: NOW, cluster, ...told };
  return triageText(document, { width: WIDTH, colour: false, access: {} }).trimEnd().split('\n');
}

/** The lines from the first that begins so to the next blank one. */
function block(lines: readonly string[], beginning: string): readonly string[] {
  const at = lines.findIndex((line) => line.startsWith(beginning));
  const end = lines.indexOf('', at);
  return at < 0 ? [] : lines.slice(at, end < 0 ? undefined : end);
}

const PROBLEM = finding('agents', 'cni-agents', { evidence: { nodes: ['n1'] } });

describe('gaps', () => {
  test.each<[string, readonly Finding[], readonly string[], string, number]>([
    [
      'every opt-in source, beneath a problem',
      [PROBLEM],
      OPT_IN_SOURCES,
      '7 gaps: ipamd (Forbidden), dnsMetrics (Forbidden), 5 more.',
      2,
    ],
    ['every opt-in source, alone', [], OPT_IN_SOURCES, '7 gaps: ipamd (Forbidden), dnsMetrics (Forbidden), 5 more.', 2],
    [
      'what all are read for comes first',
      [PROBLEM],
      ['ipamd', 'canary', 'pods'],
      '3 gaps: pods (Forbidden), ipamd (Forbidden), 1 more.',
      2,
    ],
    ['two', [PROBLEM], ['ipamd', 'canary'], '2 gaps: ipamd (Forbidden), canary (Forbidden).', 2],
    ['one has its reason', [PROBLEM], ['ipamd'], 'ipamd (Forbidden): ipamd could not be read', 3],
    ['without a problem, gaps have theirs', [], ['pods', 'events', 'ipamd'], 'and ipamd (Forbidden).', 6],
  ])('%s', (_what, findings, gaps, says, lines) => {
    const told = block(screen(findings, gaps), 'Not seen, so');
    expect(told.join(' ')).toContain(says);
    expect(told).toHaveLength(lines);
  });
});

test('checks that nobody switched on take one line', () => {
  const failedInputs = [{ input: 'canary', code: 'NotEnabled', reason: 'It is opt-in.' }];
  const checks = ['canary-pod', 'canary-dns', 'canary-egress', 'canary-routes', 'canary-pod-to-pod', 'ipamd', 'cilium-agent'];
  const quiet = checks.map((check) => finding(check, check, { verdict: 'not-applicable', evidence: { failedInputs } }));
  expect(block(screen(quiet, []), 'Opt-in')).toEqual([
    expect.stringMatching(/^Opt-in and not switched on: canary-pod, .* \(7\)$/),
  ]);
});

test('a bad night is one screen', () => {
  const long = { summary: 'So many words stand in a summary as a check has to say, with its numbers and names. '.repeat(4) };
  const findings = [
    finding('agents', 'cni-agents', {
      ...long,
      resource: { kind: 'daemonset', id: 'kube-system/aws-node' },
      timeToImpact: 'immediate',
    }),
    ...['pod-sandbox-failures', 'pods-awaiting-network', 'node-readiness'].map((check) =>
      finding(check, check, { causes: ['agents'] }),
    ),
    ...['coredns', 'kube-proxy', 'calico-bgp', 'eni-quota', 'surge-headroom', 'warm-pool'].map((check) =>
      finding(check, check, long),
    ),
    finding('suppressed', 'ipamd', { suppressed: { reason: 'known', until: '2027-01-01' } }),
  ];
  const lines = screen(findings, ['pods', ...OPT_IN_SOURCES]);
  expect(lines.join('\n')).toContain('and 4 more problems');
  expect(lines.length).toBeLessThanOrEqual(26);
});
