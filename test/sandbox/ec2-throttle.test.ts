import { DescribeNetworkInterfacesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { parseEc2Query } from '#lib/sandbox/ec2-query.ts';
import { Ec2Throttle } from '#lib/sandbox/ec2-throttle.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { enter, NOW } from './start.ts';

/** How many in a row are let through. */
function burst(throttle: Ec2Throttle, body: string): number {
  const query = parseEc2Query(body);
  let count = 0;
  while (throttle.take(query)) count++;
  return count;
}

describe('a bucket', () => {
  const whole = 'Action=DescribeNetworkInterfaces';
  it.each([
    ['a read', 'Action=DescribeSubnets', 100, 20],
    ['a filtered list', `${whole}&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1`, 100, 20],
    ['a paged list', `${whole}&MaxResults=1000`, 100, 20],
    ['a list by id', `${whole}&NetworkInterfaceId.1=eni-1`, 100, 20],
    ['a costly list asked for whole', whole, 50, 10],
  ])('of %s', (_, body, capacity, perSecond) => {
    let now = 0;
    const throttle = new Ec2Throttle(() => now);
    expect(burst(throttle, body)).toBe(capacity);
    now += 3_000;
    expect(burst(throttle, body)).toBe(3 * perSecond);
    now += 3_600_000;
    expect(burst(throttle, body)).toBe(capacity);
  });

  it('is of one call alone', () => {
    const throttle = new Ec2Throttle(() => 0);
    expect(burst(throttle, 'Action=DescribeSubnets')).toBe(100);
    expect(burst(throttle, 'Action=DescribeVpcs')).toBe(100);
  });

  it('remembers how empty it was', () => {
    let now = 0;
    const throttle = new Ec2Throttle(() => now);
    const take = (action: string) => throttle.take(parseEc2Query(`Action=${action}`));
    for (let at = 0; at < 30; at++) take('DescribeSubnets');
    now += 60_000;
    take('DescribeSubnets');
    take('DescribeInstances');
    expect(throttle.lows()).toEqual([
      { call: 'DescribeSubnets', tokens: 70, capacity: 100 },
      { call: 'DescribeInstances whole', tokens: 49, capacity: 50 },
    ]);
  });
});

it('an empty bucket is RequestLimitExceeded, and other calls go on', async () => {
  await using entered = await enter(embeddedFleet(NOW), { now: () => NOW });
  const { ec2, sandbox } = entered;
  const ask = () => ec2.send(new DescribeSubnetsCommand({}));
  for (let at = 0; at < 100; at++) await ask();
  await expect(ask()).rejects.toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } });
  await expect(ec2.send(new DescribeNetworkInterfacesCommand({}))).resolves.toMatchObject({
    NetworkInterfaces: expect.anything(),
  });
  expect(sandbox.calls()).toEqual({ 'ec2:DescribeSubnets': 101, 'ec2:DescribeNetworkInterfaces': 1 });
});
