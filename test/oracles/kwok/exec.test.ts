import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PodCommand } from '#lib/collect/kubernetes/exec.ts';
import { execAs } from '#test/collect/kubernetes/exec-as.ts';
import { apply } from '../kubernetes/apply.ts';
import { type KubeApiServer, startKubeApiServer } from '../kubernetes/server.ts';
import { eventually, statusOf } from './eventually.ts';
import { type Kwok, startKwok } from './kwok.ts';

const COMMANDS = {
  greet: 'printf "%s %s" "$GREETING" "$*"; echo careful >&2',
  flood: 'while :; do echo 0123456789; done',
  linger: 'exec /bin/sleep 30',
};

let api: KubeApiServer;
let kwok: Kwok;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: 'kwok', identities: [] });
  const env = { GREETING: 'good evening' };
  kwok = await startKwok(api, {
    exec: { commands: COMMANDS, pods: [{ namespace: 'shop', pod: 'web', container: 'web', env }] },
  });
  const spec = { nodeName: 'n1', containers: [{ name: 'web', image: 'web:1' }] };
  await apply(api.admin, [
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec },
  ]);
  await eventually(api.admin, '/api/v1/nodes/n1', (body) => statusOf(body)['addresses'] !== undefined);
});
afterAll(async () => {
  await kwok?.stop();
  await api?.stop();
});

function exec(command: readonly string[], over: Partial<PodCommand> = {}, token = api.adminToken): Promise<unknown> {
  const given = { namespace: 'shop', pod: 'web', container: 'web', command, limit: 1000, timeout: 20_000, ...over };
  return execAs({ server: api.server, ca: api.certificate.cert, authorization: `Bearer ${token}` }, given);
}

describe('through a real API server, a command in a container', () => {
  test('answers with its output, its words as they were given', async () => {
    expect(await exec(['greet', 'you & me', '"$HOME"'])).toEqual({
      exitCode: 0,
      stdout: 'good evening you & me "$HOME"',
      stderr: 'careful\n',
    });
  });

  test('that is not there is 127', async () => {
    const stderr = expect.stringMatching(/exec: "nothing": executable file not found in \$PATH$/);
    expect(await exec(['nothing'])).toEqual({ exitCode: 127, stdout: '', stderr });
  });

  test.each<[string, readonly string[], Partial<PodCommand>, string, RegExp]>([
    ['of a pod that is gone', ['greet'], { pod: 'gone' }, 'NotServed', /pods "gone" not found/],
    ['of a container that the pod has not', ['greet'], { container: 'none' }, 'NotServed', /none is not valid for pod web/],
    ['without end', ['flood'], {}, 'UnexpectedResponse', /more than the 1000 bytes/],
    ['that takes too long', ['linger'], { timeout: 300 }, 'DeadlineExceeded', /not over within 0.3 s/],
  ])('%s is a stated failure', async (_, command, over, code, message) => {
    expect(await exec(command, over)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('of nobody who is known is a stated failure', async () => {
    expect(await exec(['greet'], {}, 'nobody')).toMatchObject({ code: 'Unauthorized' });
  });
});
