import { describe, expect, it, test } from 'vitest';
import { parseConfig } from '#lib/config/config.ts';
import { notificationTargets } from '#lib/config/notification-targets.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:oncall';

test.each([
  ['no file', undefined],
  ['an empty file', ''],
  ['a file without targets', 'fleet: [{ region: eu-west-1 }]'],
])('%s has no targets', (_title, text) => {
  expect(notificationTargets(text)).toEqual([]);
});

test('targets are read as the whole configuration reads them, and whatever else stands there', () => {
  const text = `notifications: [{ kind: sns, topic: '${TOPIC}', batchMinutes: 5 }]`;
  expect(notificationTargets(text)).toEqual(parseConfig(text, 'cniwatch.yaml').notifications);
  expect(notificationTargets(`${text}\nofAnotherVersion: 1`)).toHaveLength(1);
});

test('targets that are not valid are an error that says where', () => {
  expect(() => notificationTargets('notifications: [{ kind: mail }]')).toThrow(/not valid: .*notifications\[0\]/s);
});

describe('two targets', () => {
  const both = (first: string, second: string) => () =>
    parseConfig(`notifications: [{ kind: sns, topic: '${TOPIC}'${first} }, { kind: sns, topic: '${TOPIC}'${second} }]`, 'c.yaml');
  it('of one address need names', () => {
    expect(both('', '')).toThrow(/notifications\.1: another target has the same name, or the same address and no name/);
    expect(both('', ', name: night')).not.toThrow();
  });
  it('of one name are refused', () => {
    expect(both(', name: night', ', name: night')).toThrow(/notifications\.1/);
  });
});
