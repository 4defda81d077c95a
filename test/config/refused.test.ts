import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ConfigInvalid, parseConfig } from '#lib/config/config.ts';
import { REMEDIATIONS } from '#lib/config/remediations.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const CHECKS = [
  aCheck(),
  aCheck({
    id: 'dns-quality',
    area: 'dns',
    options: z.object({ servfailPercent: z.number().min(0).default(1).describe('share') }),
  }),
];
const parse = (text: string) => parseConfig(text, 'cniwatch.yaml', CHECKS);
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf';

describe('what cannot be meant is refused at its place, with why', () => {
  test.each([
    ['an area', 'areas: { dsn: { enabled: false } }', ':1:10: unknown area "dsn": did you mean "dns"?'],
    [
      'an account without quotes',
      'accounts: [{ id: 111122223333, regions: [eu-west-1] }]',
      ':1:18: accounts.0.id: not the id of an AWS account: twelve digits in quotes',
    ],
    [
      'an account that is there twice',
      "accounts:\n  - { id: '111122223333', regions: [eu-west-1] }\n  - { id: '111122223333', regions: [us-east-1] }",
      ':3:11: accounts.1.id: account 111122223333 is here already',
    ],
    [
      'a role of another account',
      "accounts: [{ id: '111122223333', regions: [eu-west-1], role: 'arn:aws:iam::444455556666:role/x' }]",
      ':1:62: accounts.0.role: this role is of account 444455556666, and the entry is for 111122223333',
    ],
    [
      'an external id for no role',
      "accounts: [{ id: '111122223333', regions: [eu-west-1], externalId: abc }]",
      ':1:68: accounts.0.externalId: an external id is for a role: name the role',
    ],
    [
      'an organization by a role of one account',
      "organization: { role: 'arn:aws:iam::444455556666:role/x', regions: [eu-west-1] }",
      ':1:23: organization.role: not the name of an IAM role',
    ],
    [
      'a key of an account',
      "accounts: [{ id: '111122223333', region: eu-west-1 }]",
      ':1:34: unknown key "region" in accounts.0: did you mean "regions"?',
    ],
    [
      'a tag that is a number',
      'fleet: [{ region: eu-west-1, tags: { tier: 1 } }]',
      ':1:44: fleet.0.tags.tier: the value of a tag: a text in quotes',
    ],
    [
      'a check of an override',
      'overrides: [{ checks: { dns-qualty: {} } }]',
      ':1:25: unknown check "dns-qualty" in overrides.0.checks: did you mean "dns-quality"?',
    ],
    [
      'an option of an override',
      'overrides: [{ checks: { dns-quality: { options: { servfail: 1 } } } }]',
      ':1:51: unknown key "servfail" in overrides.0.checks.dns-quality.options: valid are servfailPercent',
    ],
    [
      'an option of an override out of its range',
      'overrides: [{ checks: { dns-quality: { options: { servfailPercent: -1 } } } }]',
      ':1:68: overrides.0.checks.dns-quality.options.servfailPercent: too small',
    ],
    [
      'a suppression without a reason',
      'suppressions: [{ check: dns-quality, until: 2027-01-31 }]',
      ':1:16: suppressions.0.reason: invalid input',
    ],
    [
      'a suppression with an empty reason',
      'suppressions: [{ check: dns-quality, reason: " ", until: 2027-01-31 }]',
      ':1:46: suppressions.0.reason: say why, for whoever reads the report',
    ],
    [
      'a suppression without an end',
      'suppressions: [{ check: dns-quality, reason: known }]',
      ':1:16: suppressions.0.until: not a date, as 2027-01-31',
    ],
    [
      'a day that there is not',
      'suppressions: [{ check: dns-quality, reason: known, until: 2027-02-30 }]',
      ':1:60: suppressions.0.until: not a date',
    ],
    [
      'a suppression of no check',
      'suppressions: [{ check: dns-qualty, reason: known, until: 2027-01-31 }]',
      ':1:25: suppressions.0.check: "dns-qualty" is not known: did you mean "dns-quality"?',
    ],
    [
      'a remediation',
      'remediations: { rules: [{ remediation: restart-cores, policy: auto }] }',
      ':1:40: remediations.rules.0.remediation: "restart-cores" is not known: did you mean "restart-coredns"?',
    ],
    [
      'everything by itself',
      "remediations: { rules: [{ remediation: '*', policy: auto }] }",
      ':1:53: remediations.rules.0.policy: * can never be auto: name the remediations',
    ],
    [
      'a default of auto',
      'remediations: { default: auto }',
      ':1:26: remediations.default: "auto" is not known: valid are never, propose',
    ],
    [
      'a window where nothing runs by itself',
      "remediations: { rules: [{ remediation: restart-cni, policy: propose, window: { from: '01:00', to: '02:00' } }] }",
      ':1:78: remediations.rules.0.window: a window is for the policy auto',
    ],
    ['a rate of nothing', 'schedules: { check: rate(0 minutes) }', ':1:21: schedules.check: not a schedule'],
    [
      'a cron of five fields',
      'schedules: { reports: { daily: "cron(0 7 * * ?)" } }',
      ':1:32: schedules.reports.daily: not a schedule',
    ],
    [
      'a cron of two days',
      'schedules: { reports: { daily: "cron(0 7 * * * *)" } }',
      ':1:32: schedules.reports.daily: not a schedule',
    ],
    ['a time zone', 'schedules: { timezone: Europe/Bonn }', ':1:24: schedules.timezone: not a time zone'],
    [
      'a finding that never opens',
      'state: { openAfter: { bad: 4, of: 3 } }',
      ':1:28: state.openAfter.bad: more bad runs than runs',
    ],
    [
      'a target of no kind',
      `notifications: [{ kind: mail, topic: '${TOPIC}' }]`,
      ':1:25: notifications.0.kind: a target has the kind sns, chat or webhook',
    ],
    [
      'a queue for a topic',
      "notifications: [{ kind: sns, topic: 'arn:aws:sqs:eu-west-1:111122223333:q' }]",
      ':1:37: notifications.0.topic: not the ARN of an SNS topic',
    ],
    [
      'a webhook without TLS',
      `notifications: [{ kind: webhook, url: 'http://x.example', secret: '${SECRET}' }]`,
      ':1:39: notifications.0.url: not an https URL',
    ],
    [
      'a webhook with its secret in the file',
      "notifications: [{ kind: webhook, url: 'https://x.example', secret: hunter2 }]",
      ':1:68: notifications.0.secret: not the ARN of a secret',
    ],
    [
      'a key of a target',
      `notifications: [{ kind: sns, topics: '${TOPIC}' }]`,
      ':1:30: unknown key "topics" in notifications.0: did you mean "topic"?',
    ],
    [
      'a subnet by its name',
      'runners: [{ vpc: vpc-0a1b2c3d, region: eu-west-1, subnets: [private-a] }]',
      ':1:61: runners.0.subnets.0: not an id, as subnet-',
    ],
    [
      'two runners of one VPC',
      'runners:\n  - { vpc: vpc-0a1b2c3d, region: eu-west-1, subnets: [subnet-0a1b2c3d] }\n  - { vpc: vpc-0a1b2c3d, region: eu-west-1, subnets: [subnet-0a1b2c3e] }',
      ':3:12: runners.1.vpc: vpc-0a1b2c3d has a runner already',
    ],
  ])('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(ConfigInvalid);
    expect(() => parse(text)).toThrow(`cniwatch.yaml${message}`);
  });

  test.each(Object.entries(REMEDIATIONS).filter(([, why]) => why !== null))('%s by itself: %s', (id, why) => {
    expect(() => parse(`remediations: { rules: [{ remediation: ${id}, policy: auto }] }`)).toThrow(
      `${id} can never be auto: ${why}`,
    );
    expect(() => parse(`remediations: { rules: [{ remediation: ${id}, policy: propose }] }`)).not.toThrow();
  });
});

describe('what is meant is taken', () => {
  test.each([
    'rate(1 minute)',
    'rate(6 hours)',
    'cron(0 7 * * ? *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    'cron(0 7 L * ? *)',
    'cron(30 6 ? * 2#1 2027)',
  ])('%s', (check) => expect(parse(`schedules: { check: "${check}" }`).schedules.check).toBe(check));

  test('targets of every kind have their defaults', () => {
    const { notifications } = parse(`
notifications:
  - { kind: sns, topic: '${TOPIC}' }
  - { kind: chat, topic: '${TOPIC}', minimumSeverity: critical, quietHours: { from: '22:00', to: '06:00', timezone: Europe/Berlin } }
  - { kind: webhook, url: 'https://hooks.example/x', secret: '${SECRET}', batchMinutes: 0, match: { clusters: [pay-*] } }
`);
    const usual = { minimumSeverity: 'warning', batchMinutes: 15, resolved: true, match: {} };
    expect(notifications).toEqual([
      { ...usual, kind: 'sns', topic: TOPIC },
      {
        ...usual,
        kind: 'chat',
        topic: TOPIC,
        minimumSeverity: 'critical',
        quietHours: { from: '22:00', to: '06:00', timezone: 'Europe/Berlin' },
      },
      {
        ...usual,
        kind: 'webhook',
        url: 'https://hooks.example/x',
        secret: SECRET,
        batchMinutes: 0,
        match: { clusters: ['pay-*'] },
      },
    ]);
  });
});
