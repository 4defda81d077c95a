import { expect, test } from 'vitest';
import { recommendedVpcCni } from '#lib/network/cni-releases/recommended.ts';

const TABLE = { '1.9': '1.5.0', '1.29': '1.16.0', '1.31': '1.19.0' };

test.each([
  ['1.29', '1.16.0', '1.29'],
  ['1.30', '1.16.0', '1.29'],
  ['1.31', '1.19.0', '1.31'],
  ['1.40', '1.19.0', '1.31'],
  ['1.10', '1.5.0', '1.9'],
  ['1.8', undefined, undefined],
  [undefined, undefined, undefined],
  ['two', undefined, undefined],
])('Kubernetes %s: %s, by the row of %s', (kubernetes, version, ofKubernetes) => {
  expect(recommendedVpcCni(kubernetes, TABLE)).toEqual(version === undefined ? undefined : { version, ofKubernetes });
});
