import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { isRunning } from '#lib/publish/state/running.ts';

const OWN = 'arn:aws:states:eu-west-1:111122223333:execution:Hub:own';
const client = () => new SFNClient({ region: 'eu-west-1' });

test.each([
  ['RUNNING', true],
  ['PENDING_REDRIVE', true],
  ['SUCCEEDED', false],
  ['FAILED', false],
  ['TIMED_OUT', false],
  ['ABORTED', false],
] as const)('a run whose execution is %s is under way: %s', async (status, wanted) => {
  const sfn = client();
  const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:Hub:a-b-c';
  mockClient(sfn).on(DescribeExecutionCommand, { executionArn }).resolves({ status });
  expect(await isRunning(sfn, OWN, '2026-11-24T080000.000Z-a-b-c')).toBe(wanted);
});

test('a run whose execution is forgotten is over', async () => {
  const sfn = client();
  mockClient(sfn)
    .on(DescribeExecutionCommand)
    .rejects(new ExecutionDoesNotExist({ message: 'gone', $metadata: {} }));
  expect(await isRunning(sfn, OWN, '2026-11-24T080000.000Z-a')).toBe(false);
});

test('a lease that no execution wrote is over', async () => expect(await isRunning(client(), OWN, 'r1')).toBe(false));

test('what cannot be asked is no answer', async () => {
  const sfn = client();
  mockClient(sfn).on(DescribeExecutionCommand).rejects(new Error('AccessDenied'));
  await expect(isRunning(sfn, OWN, '2026-11-24T080000.000Z-a')).rejects.toThrow('AccessDenied');
});
