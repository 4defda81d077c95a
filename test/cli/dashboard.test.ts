import { expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { aSystem } from '#test/cli/a-system.ts';

async function run(...argv: string[]) {
  const system = aSystem();
  const code = await main(['dashboard', ...argv], { version: '0', system });
  return { code, out: system.out(), err: system.err() };
}
const EXPRESSIONS = /"expression": "(.*)"/g;
const expressions = (out: string) => [...out.matchAll(EXPRESSIONS)].map(([, text = '']) => text);

test('of a cluster, everything is looked for by its name and Region, in the Region of the hub', async () => {
  const { code, out } = await run('--cluster', 'shop-prod', '--region', 'eu-west-1', '--hub-region', 'eu-central-1');
  expect(code).toBe(0);
  const { widgets } = JSON.parse(out);
  expect(widgets[0].properties.markdown).toContain('cniwatch triage --cluster shop-prod --region eu-west-1');
  expect(out).not.toContain('"region": "eu-west-1"');
  for (const text of expressions(out)) expect(text).toMatch(/Region.*eu-west-1/);
});

test('subnets that are named are those that are shown', async () => {
  const { out } = await run('--cluster', 'shop', '--region', 'eu-west-1', '--subnet', 'subnet-1,subnet-2');
  expect(expressions(out).filter((text) => text.includes('SubnetFreeIps'))).toEqual([
    expect.stringContaining('SubnetId=(\\"subnet-1\\" OR \\"subnet-2\\")'),
  ]);
});

test('without a cluster it is of the fleet', async () => {
  const { code, out } = await run('--region', 'eu-west-1');
  expect(code).toBe(0);
  expect(out).toContain('Runs of cniwatch');
});

test('for Grafana, no Region is asked for', async () => {
  const { code, out } = await run('--grafana');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ title: 'cniwatch', uid: 'cniwatch' });
});

test.each([
  [['--cluster', "it's", '--region', 'eu-west-1'], "--cluster it's"],
  [['--cluster', 'shop-*', '--region', 'eu-west-1'], 'no name of one cluster'],
  [['--cluster', 'shop', '--region', 'Ireland'], '--region Ireland: not the code of an AWS Region'],
  [['--cluster', 'shop', '--region', 'eu-west-1', '--account', '12'], '--account 12'],
  [['--cluster', 'shop', '--region', 'eu-west-1', '--subnet', 'pods-a'], 'pods-a is not the id of a subnet'],
  [['--region', 'eu-west-1', '--account', '111122223333'], 'give --cluster too'],
  [['--grafana', '--cluster', 'shop'], 'leave --cluster out'],
])('%j is wrong usage', async (argv, message) => {
  const { code, out, err } = await run(...argv);
  expect([code, out]).toEqual([64, '']);
  expect(err).toContain(message);
});
