import { expect, test } from 'vitest';
import { check } from '#lib/checks/cluster/cluster-access.ts';
import type { Failure, FailureCode } from '#lib/model/failure.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
const failure = (code: FailureCode): Failure => ({ ok: false, code, reason: `it is ${code}.`, remedy: 'do something' });
const judge = (given: Given) => runCheck(check, aSnapshot(given)).findings[0];

test.each<[string, Given, Verdict]>([
  ['all was read', {}, 'ok'],
  ['a grant is missing', { events: DENIED }, 'warning'],
  ['a source was throttled', { networkInterfaces: failure('Throttled') }, 'warning'],
  ['a source that nobody switched on', { ipamd: failure('NotEnabled') }, 'ok'],
  ['a source that the API server does not serve', { nodeClaims: failure('NotServed') }, 'ok'],
  ['the cluster was denied', { cluster: DENIED }, 'unknown'],
  ['pods are forbidden', { pods: failure('Forbidden') }, 'unknown'],
  ['the API server was not reached', { nodes: failure('ClusterUnreachable'), pods: failure('ClusterUnreachable') }, 'unknown'],
])('%s: %s', (_situation, given, verdict) => {
  expect(judge(given)?.verdict).toBe(verdict);
});

test('it tells missing grants from other failures, and from what only follows', () => {
  const finding = judge({
    events: failure('Forbidden'),
    networkInterfaces: failure('Throttled'),
    instanceTypes: failure('InputMissing'),
  });
  expect(finding?.evidence).toMatchObject({
    denied: [{ source: 'events', code: 'Forbidden', reason: 'it is Forbidden.', remedy: 'do something' }],
    failed: [{ source: 'networkInterfaces', code: 'Throttled' }],
    dependent: ['instanceTypes'],
  });
  expect(finding?.summary).toContain('1 source refused, 1 failed: it is Forbidden.');
});

test('of a source that was read in part it tells the kind, and counts the source once', () => {
  const unread = ['IPPool', 'IPAMBlock'].map((kind) => {
    const { ok: _, ...rest } = failure('Forbidden');
    return { kind, ...rest };
  });
  const finding = judge({ cniResources: { ok: true, data: [], unread } });
  expect(finding?.verdict).toBe('warning');
  expect(finding?.evidence['denied']).toMatchObject([
    { source: 'cniResources', kind: 'IPPool', remedy: 'do something' },
    { source: 'cniResources', kind: 'IPAMBlock' },
  ]);
  expect(finding?.summary).toContain('1 source refused, 0 failed, 1 of these in part: it is Forbidden.');
});
