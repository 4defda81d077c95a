import { miniStack } from '../e2e/ministack/ministack.ts';
import { cfnLint } from './cfn-lint/cfn-lint.ts';
import { etcd } from './etcd/etcd.ts';
import { kubeApiServer } from './kubernetes/kube-apiserver.ts';
import { kwok } from './kwok/kwok-binary.ts';
import { motoServer } from './moto/moto.ts';
import { cacheFolder } from './tools/cache.ts';
import { CommandFailed, MissingTool } from './tools/command.ts';

/**
 * Makes every server and tool of the tests that this machine does not have yet. One after the other: the builds are heavy.
 * Every tool is tried, so that one run names all that is missing.
 */
const TOOLS = { 'kube-apiserver': kubeApiServer, etcd, kwok, moto: motoServer, 'cfn-lint': cfnLint, MiniStack: miniStack };

process.stderr.write(`servers of the tests: kept in ${cacheFolder()} (CNIWATCH_CACHE moves it)\n`);
for (const [name, make] of Object.entries(TOOLS)) {
  try {
    process.stderr.write(`${name}: ${await make()}\n`);
  } catch (error) {
    if (!(error instanceof MissingTool || error instanceof CommandFailed)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}
if (process.exitCode)
  process.stderr.write('the tests against real servers cannot run without these: nothing was skipped, nothing was run\n');
