import { expect, test } from 'vitest';
import { runExplainCommand } from '#lib/cli/run-explain.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const REGISTRY = [
  aCheck({
    docs: {
      question: 'How many nodes take no new pods?',
      verdicts: { warning: 'at least `warningPercent` of the nodes are cordoned' },
      evidence: { cordoned: 'nodes with `spec.unschedulable`' },
      sources: ['Kubernetes documentation, "Manual Node administration"'],
    },
    metrics: [{ name: 'NodesCordoned', unit: 'Count', per: 'cluster', description: 'nodes that take no new pods' }],
    remediations: ['recycle-nodes'],
  }),
];
async function explain(id: string | undefined, options: Parameters<typeof runExplainCommand>[1]): Promise<string> {
  const system = aSystem();
  expect(await runExplainCommand(id, options, system, REGISTRY)).toBe(0);
  return system.out();
}

test('--list --output json is the contract', async () => {
  expect(JSON.parse(await explain(undefined, { list: true, output: 'json' }))).toEqual([
    {
      id: 'nodes-cordoned',
      area: 'node',
      title: 'Nodes taken out of scheduling',
      severity: 'critical',
      inputs: ['nodes'],
      remediations: ['recycle-nodes'],
    },
  ]);
});

test('--list is a line a check', async () => {
  expect(await explain(undefined, { list: true, output: 'text' })).toMatch(
    /^nodes-cordoned +node +critical +Nodes taken out of scheduling\n$/,
  );
});

test('a check says all that its page says', async () => {
  expect(await explain('nodes-cordoned', { output: 'text' })).toBe(`nodes-cordoned: Nodes taken out of scheduling
area node, at worst critical

How many nodes take no new pods?

Verdicts
  warning  at least \`warningPercent\` of the nodes are cordoned

Evidence
  cordoned  nodes with \`spec.unschedulable\`

Options
  warningPercent  share of cordoned nodes that is a warning (default 20)

Reads
  needs  nodes

Metrics
  NodesCordoned  nodes that take no new pods (Count, per cluster)

Remediations
  recycle-nodes  Correct max-pods where the finding says that it is set, bring new nodes in, then
                 cordon and drain the old ones a few at a time: kubectl drain NODE
                 --ignore-daemonsets keeps to disruption budgets.

Sources
  Kubernetes documentation, "Manual Node administration"
`);
});

test('a check as JSON has the schema of its options', async () => {
  expect(JSON.parse(await explain('nodes-cordoned', { output: 'json' }))).toMatchObject({
    options: { properties: { warningPercent: { default: 20 } } },
  });
});

test('a check that there is not is named with the nearest one', async () => {
  await expect(explain('node-cordoned', { output: 'text' })).rejects.toThrow(
    'there is no check "node-cordoned": did you mean "nodes-cordoned"?',
  );
});

test('a remediation says what a person does, and which checks name it', async () => {
  expect(await explain('recycle-nodes', { output: 'text' })).toMatch(
    /^recycle-nodes\n\nCorrect max-pods .*\n\nNamed by\n {2}nodes-cordoned {2}Nodes taken out of scheduling\n$/s,
  );
  expect(JSON.parse(await explain('recycle-nodes', { output: 'json' }))).toEqual({
    id: 'recycle-nodes',
    remedy: expect.stringContaining('kubectl drain NODE'),
    checks: [{ id: 'nodes-cordoned', title: 'Nodes taken out of scheduling' }],
  });
});

test.each([
  ['recycle-node', 'did you mean "recycle-nodes"?'],
  ['constructor', '`cniwatch explain --list` names them'],
])('neither a check nor a remediation: %s', async (id, message) =>
  expect(explain(id, { output: 'text' })).rejects.toThrow(message),
);

test("the fleet's own check is explained and listed as the others are, and reads nothing", async () => {
  const system = aSystem();
  await runExplainCommand('cluster-not-seen', { output: 'text' }, system);
  expect(system.out()).toMatch(/^cluster-not-seen: .*\narea cluster, at worst critical\n/);
  expect(system.out()).not.toMatch(/^Reads/m);
  await runExplainCommand(undefined, { list: true, output: 'text' }, system);
  expect(system.out().match(/^cluster-not-seen +cluster +critical/gm)).toHaveLength(1);
});
