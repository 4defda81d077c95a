import { expect, test } from 'vitest';
import { parseConfig } from '#lib/config/config.ts';
import { unmatchedRules } from '#lib/config/unmatched.ts';
import { clusterArn } from '#lib/model/target.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const ACCOUNT = '111122223333';
const TARGETS = ['shop-prod', 'shop-test'].map((name) => {
  return { account: ACCOUNT, region: 'eu-west-1', name, arn: clusterArn(ACCOUNT, 'eu-west-1', name) };
});
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';

test.each([
  [
    'an override',
    'overrides: [{ match: { clusters: [shop-*, web-*] } }]',
    ['overrides.0.match: no cluster of the fleet matches web-*'],
  ],
  [
    'an account',
    "overrides: [{ match: { accounts: ['111122223333', '444455556666'] } }]",
    ['overrides.0.match: no cluster of the fleet is in account 444455556666'],
  ],
  [
    'a remediation',
    'remediations: { rules: [{ remediation: restart-cni, policy: auto, match: { clusters: [web] } }] }',
    ['remediations.rules.0.match: no cluster of the fleet matches web'],
  ],
  [
    'a notification',
    `notifications: [{ kind: sns, topic: '${TOPIC}', match: { clusters: [web] } }]`,
    ['notifications.0.match: no cluster of the fleet matches web'],
  ],
  [
    'a suppression',
    "suppressions: [{ check: nodes-cordoned, cluster: web, account: '444455556666', reason: r, until: 2027-01-01 }]",
    ['suppressions.0: no cluster of the fleet matches web', 'suppressions.0: no cluster of the fleet is in account 444455556666'],
  ],
  ['rules for every cluster', 'overrides: [{ checks: {} }]\nsuppressions: [{ check: "*", reason: r, until: 2027-01-01 }]', []],
])('%s', (_, text, expected) => {
  expect(unmatchedRules(parseConfig(text, 'cniwatch.yaml', [aCheck()]), TARGETS)).toEqual(expected);
});
