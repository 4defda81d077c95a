import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PodCommand } from '#lib/collect/kubernetes/exec.ts';
import type { FaultAnswer } from '#lib/sandbox/fault.ts';
import type { World } from '#lib/sandbox/world.ts';
import { execAs } from '#test/collect/kubernetes/exec-as.ts';
import { withCluster, withObjects } from '#test/scenarios/worlds/cni.ts';
import { shop } from '#test/scenarios/worlds/shop.ts';
import { enterCluster } from './kubernetes-client.ts';
import { type Entered, enter } from './start.ts';

const AGENT = 'kube-system/aws-node-of-test';
/** The first agent, under a name of the test's own, and what it does. */
const WORLD: World = withCluster(
  withObjects(shop(), 'pods', (items) => {
    const agent = items.find(({ metadata }) => metadata.name.startsWith('aws-node'));
    if (agent === undefined) throw new Error('the shop has no agent');
    const crashing = { containerStatuses: [{ name: 'aws-node', state: { waiting: { reason: 'CrashLoopBackOff' } } }] };
    return [
      ...items,
      { ...agent, metadata: { ...agent.metadata, name: 'aws-node-of-test' } },
      { ...agent, metadata: { ...agent.metadata, name: 'crashing' }, status: crashing },
    ];
  }),
  () => ({
    executed: {
      [`${AGENT}: say hello`]: { stdout: 'hello', stderr: 'with a warning' },
      [`${AGENT}: fail`]: { stdout: 'half', exitCode: 3 },
    },
  }),
);

let entered: Entered;
const lifts: (() => void)[] = [];
beforeAll(async () => {
  entered = await enter(WORLD);
});
afterEach(() => {
  for (const lift of lifts.splice(0)) lift();
});
afterAll(() => entered?.[Symbol.asyncDispose]());

async function exec(command: string, over: Partial<PodCommand> = {}, authorization?: string): Promise<unknown> {
  const { server, ca, token } = await enterCluster(entered, 'shop-prod');
  const of = { namespace: 'kube-system', pod: 'aws-node-of-test', container: 'aws-node' };
  const given = { ...of, command: command.split(' '), limit: 1000, timeout: 20_000, ...over };
  return execAs({ server, ca, authorization: authorization ?? `Bearer ${token}` }, given);
}

describe('a command in a container', () => {
  it.each<[string, object]>([
    ['say hello', { exitCode: 0, stdout: 'hello', stderr: 'with a warning' }],
    ['fail', { exitCode: 3, stdout: 'half' }],
    ['nobody knows it', { exitCode: 127, stderr: expect.stringContaining('exec: "nobody": executable file not found in $PATH') }],
  ])('%s', async (command, answer) => {
    expect(await exec(command)).toMatchObject(answer);
  });

  it.each<[string, Partial<PodCommand>, string, string]>([
    ['a pod that is not there', { pod: 'gone' }, 'NotServed', 'pods "gone" not found'],
    ['a container that it has not', { container: 'other' }, 'NotServed', 'container other is not valid'],
    ['a container that does not run', { pod: 'crashing' }, 'NotServed', 'container not found ("aws-node")'],
  ])('of %s', async (_, over, code, message) => {
    expect(await exec('say hello', over)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('of nobody who is known', async () => {
    expect(await exec('say hello', {}, 'Bearer nothing')).toMatchObject({ code: 'Unauthorized' });
  });

  it.each<[FaultAnswer, string]>([
    [{ kind: 'error', code: 'InternalError', status: 500, message: 'error dialing backend' }, 'ServiceError'],
    [{ kind: 'html', status: 200 }, 'UnexpectedResponse'],
    [{ kind: 'hang' }, 'DeadlineExceeded'],
    [{ kind: 'drop' }, 'ClusterUnreachable'],
    [{ kind: 'truncate' }, 'TruncatedResponse'],
  ])('that meets a fault, $kind, is a stated failure', async (answer, code) => {
    lifts.push(entered.sandbox.inject({ on: 'GET /api/v1/namespaces/kube-system/pods/*/exec', answer }));
    expect(await exec('say hello', answer.kind === 'hang' ? { timeout: 200 } : {})).toMatchObject({ code });
  });

  it('that is slow is waited for', async () => {
    lifts.push(entered.sandbox.inject({ on: 'GET */exec', answer: { kind: 'delay', ms: 20 } }));
    expect(await exec('say hello')).toMatchObject({ stdout: 'hello' });
  });
});

it('a sandbox closes though a socket hangs', async () => {
  const own = await enter(withCluster(shop(), () => ({ forbidden: ['pods/exec'] })));
  const { server, ca, token } = await enterCluster(own, 'shop-prod');
  const given = { namespace: 'shop', pod: 'any', container: 'any', command: ['any'], limit: 10, timeout: 20_000 };
  const run = () => execAs({ server, ca, authorization: `Bearer ${token}` }, given);
  expect(await run()).toMatchObject({ code: 'Forbidden' });
  own.sandbox.inject({ on: '*', answer: { kind: 'hang' } });
  const hanging = run();
  await own[Symbol.asyncDispose]();
  expect(await hanging).toMatchObject({ name: 'ReadFailure' });
});
