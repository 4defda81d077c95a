import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { synthesisedAlarms } from '#test/infra/synthesised-alarms.ts';
import { resourcesOf, synthesisedHub } from '#test/infra/synthesised-hub.ts';

test('docs/alarms.md names every alarm that is deployed, and no other', () => {
  const text = readFileSync('docs/alarms.md', 'utf8');
  const deployed = [synthesisedHub(), synthesisedAlarms()].flatMap((template) =>
    ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      resourcesOf(template, type).map(([id]) => id.replace(/[0-9A-F]{8}$/, '')),
    ),
  );
  expect(deployed.filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
  const named = [...text.matchAll(/`((?:[A-Z][a-z]+)+)`/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !deployed.includes(name) && !/^Cniwatch/.test(name))).toEqual([]);
});
