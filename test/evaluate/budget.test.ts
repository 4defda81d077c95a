import { expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { seriesCounts } from '#lib/evaluate/budget.ts';
import type { MetricDeclaration } from '#lib/model/metric.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const extra = (per: MetricDeclaration['per']): MetricDeclaration => ({ name: per, unit: 'Count', per, description: per });
const essential = (per: MetricDeclaration['per']): MetricDeclaration => ({ ...extra(per), essential: true });

test.each([
  { what: 'nothing but the open findings', checks: [aCheck()], byDefault: [3, 0, 0], all: [3, 0, 0] },
  {
    what: 'one of a cluster and a distribution over its nodes, one each',
    checks: [aCheck({ metrics: [essential('cluster'), essential('distribution')] })],
    byDefault: [5, 0, 0],
    all: [5, 0, 0],
  },
  {
    what: 'those of subnets apart',
    checks: [aCheck({ metrics: [essential('subnet'), extra('subnet'), extra('cluster')] })],
    byDefault: [3, 0, 1],
    all: [4, 0, 2],
  },
  {
    what: 'those of opt-in sources apart',
    checks: [aCheck({ inputs: ['nodes', 'canary'], metrics: [essential('cluster'), extra('distribution')] })],
    byDefault: [3, 1, 0],
    all: [3, 2, 0],
  },
])('$what', ({ checks, byDefault, all }) => {
  const counts = (choice: 'default' | 'all') => Object.values(seriesCounts(checks, choice));
  expect(counts('default')).toEqual(byDefault);
  expect(counts('all')).toEqual(all);
});

test('a cluster stays within its budget: 12 series by default, 40 with every metric, every opt-in source and six subnets', () => {
  const byDefault = seriesCounts(CHECKS, 'default');
  expect(byDefault.cluster).toBeLessThanOrEqual(12);
  expect(byDefault.optIn).toBeLessThanOrEqual(6);
  expect(byDefault.subnet).toBeLessThanOrEqual(3);
  const { cluster, optIn, subnet } = seriesCounts(CHECKS, 'all');
  expect(cluster + optIn + 6 * subnet).toBeLessThanOrEqual(40);
});
