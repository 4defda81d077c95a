import { expect, it } from 'vitest';
import { type RateCap, rateCap, rateCapsByPlace } from '#lib/collect/aws/rate-cap.ts';

/** So slow that nothing is added to what it starts with. */
const NEVER = 1e-6;

/** How many of these calls went through before the run ended. */
async function through(caps: readonly RateCap[], actions: readonly string[]): Promise<number> {
  const run = new AbortController();
  let count = 0;
  const calls = caps.flatMap((cap) => actions.map((action) => cap.take(action, run.signal).then(() => count++)));
  const settled = Promise.allSettled(calls);
  await new Promise((turn) => setImmediate(turn));
  run.abort(new Error('the run has ended'));
  const left = (await settled).filter((call) => call.status === 'rejected');
  expect(left.every(({ reason }) => reason.message === 'the run has ended')).toBe(true);
  expect(left).toHaveLength(calls.length - count);
  return count;
}

const times = (count: number, action = 'ec2:DescribeSubnets') => Array<string>(count).fill(action);

it.each([
  { what: 'the burst and no more', burst: 3, actions: times(10), passed: 3 },
  { what: 'an action each', burst: 3, actions: [...times(10), ...times(10, 'ec2:DescribeVpcs')], passed: 6 },
  { what: 'nothing at once where the share is less than a call', burst: 0.3, actions: times(10), passed: 0 },
])('lets through $what', async ({ burst, actions, passed }) => {
  expect(await through([rateCap({ perSecond: NEVER, burst })], actions)).toBe(passed);
});

it('adds calls at its rate', async () => {
  const cap = rateCap({ perSecond: 1_000, burst: 0.3 });
  for (const action of times(20)) await cap.take(action, new AbortController().signal);
});

it('is one of an account and Region for all its clusters, and another elsewhere', () => {
  const capOf = rateCapsByPlace();
  const cap = capOf({ account: '111122223333', region: 'eu-west-1' });
  expect(capOf({ account: '111122223333', region: 'eu-west-1' })).toBe(cap);
  expect(capOf({ account: '111122223333', region: 'eu-north-1' })).not.toBe(cap);
  expect(capOf({ account: '444455556666', region: 'eu-west-1' })).not.toBe(cap);
});
