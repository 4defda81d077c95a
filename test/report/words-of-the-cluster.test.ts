/** From an event's message to the screen: the words of kubelets, CNIs and schedulers are written by whoever can make a pod fail. */
import { expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { triageText } from '#lib/cli/triage-text.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import { topologyWith } from '#lib/evaluate/topology.ts';
import { triage } from '#lib/evaluate/triage/triage.ts';
import { render as csv } from '#lib/report/csv.ts';
import { render as html } from '#lib/report/html.ts';
import { render as json } from '#lib/report/json.ts';
import { render as markdown } from '#lib/report/markdown.ts';
import { render as table } from '#lib/report/table.ts';
import { aCanary, aStuckPod } from '#test/checks/canary/a-canary.ts';
import { aDocument } from '#test/scenarios/assessments.ts';
import { aNode, aPod, aSnapshot, awsNode, NOW } from '#test/scenarios/slices.ts';

const ESC = '\u001b';
/** Clears the screen, paints an OK, names the window, turns the reading direction, links elsewhere. */
const HOSTILE = `${ESC}[2J${ESC}[H${ESC}[32mOK${ESC}[0m ${ESC}]0;all is well\u0007 \u202eko ${ESC}]8;;https://evil.example${ESC}\\here${ESC}]8;;${ESC}\\ \u009b1A\rends`;

const { nodeName: _, scheduledAt: __, ...homeless } = aStuckPod({ unschedulable: `0/1 nodes are available: ${HOSTILE}` });
const snapshot = aSnapshot({
  nodes: [aNode({ name: 'n1' })],
  daemonSets: [awsNode()],
  pods: [aPod({ name: 'a', nodeName: 'n1', phase: 'Pending', podIps: [] })],
  events: [
    {
      namespace: 'default',
      reason: 'FailedCreatePodSandBox',
      message: `${HOSTILE} of no CNI that is known`,
      involved: { kind: 'Pod', namespace: 'default', name: 'a' },
      sourceHost: 'n1',
      count: 4,
      firstSeen: '2026-11-24T02:50:00.000Z',
      lastSeen: '2026-11-24T02:59:00.000Z',
    },
  ],
  canary: aCanary({ pods: [homeless], reports: [] }),
});
const assessment = evaluate(snapshot, { config: defaultConfig(), checks: CHECKS });
const of = (id: string) => assessment.findings.find(({ check }) => check === id);

test('findings keep the words as they came, in a summary and in evidence', () => {
  expect(of('pod-sandbox-failures')?.evidence['sampleMessage']).toContain(HOSTILE);
  expect(of('canary-pod')?.summary).toContain(ESC);
});

function screen(): string {
  const { account, region, name, arn } = assessment;
  const document = { schemaVersion: 1 as const, generatedAt: NOW, takenAt: NOW, cluster: { account, region, name, arn } };
  const told = triage(assessment, topologyWith([{ name: 'n1', podSubnets: [] }]));
  return triageText({ ...document, ...told }, { width: 80, colour: false, access: {} });
}

test.each([
  ['the table', table(aDocument(assessment), {})],
  ['the screen of triage', screen()],
  ['Markdown', markdown(aDocument(assessment), {})],
  ['HTML', html(aDocument(assessment), {})],
  ['CSV', csv(aDocument(assessment), {})],
  ['JSON', json(aDocument(assessment), {})],
])('%s has no character that a terminal acts on', (_what, text) => {
  expect(text.length).toBeGreaterThan(100);
  expect(text).not.toMatch(/\r(?!\n)|[^\P{Cc}\n\r]|\p{Cf}/u);
});

test('and the table still has what they say', () => {
  expect(table(aDocument(assessment), {})).toContain('0/1 nodes are available:');
});
