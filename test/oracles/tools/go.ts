import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { MissingTool, output, run } from './command.ts';

export interface GoTool {
  readonly tool: string;
  /** Holds a go.mod and go.sum of its own, which pin every module. */
  readonly module: string;
  /** The module whose version is the tool's. */
  readonly versionOf: string;
  readonly package: string;
  readonly ldflags: (version: string) => string;
  readonly notice: string;
}

const NEED =
  'the servers of the tests are built with it. Install Go 1.21 or later (https://go.dev/dl; Debian: apt-get install golang), which fetches the toolchain that go.mod names';

/** Builds a Go program from the module proxy, once a machine; answers its path. */
export async function goTool({ tool, module, versionOf, package: main, ldflags, notice }: GoTool): Promise<string> {
  const [mod, sum] = await Promise.all(['go.mod', 'go.sum'].map((name) => readFile(join(module, name), 'utf8')));
  const version = mod
    ?.split('\n')
    .find((line) => line.includes(`${versionOf} v`))
    ?.match(/ (v[\d.]+)/)?.[1];
  if (!version) throw new Error(`${module}/go.mod does not require ${versionOf}`);
  const flags = ldflags(version);
  const folder = await cached({
    tool,
    version,
    ingredients: [mod ?? '', sum ?? '', main, flags],
    notice,
    make: async (into) => {
      await demandGo();
      const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', join(into, `${tool}.new`), main];
      await run('go', args, { cwd: module, env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' }, need: NEED });
      await rename(join(into, `${tool}.new`), join(into, tool));
    },
  });
  return join(folder, tool);
}

/** Go learned to fetch the toolchain of a go.mod in 1.21. */
async function demandGo(): Promise<void> {
  const printed = await output('go', ['env', 'GOVERSION'], { need: NEED });
  const [major = 0, minor = 0] = printed.replace(/^go/, '').split('.').map(Number);
  if (major === 1 && minor < 21) throw new MissingTool(`go is too old (${printed}): ${NEED}`);
}
