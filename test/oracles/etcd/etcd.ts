import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../tools/cache.ts';
import { CommandFailed, MissingTool, output, run } from '../tools/command.ts';
import { goTool } from '../tools/go.ts';

const NEED = 'it unpacks the etcd-server package of Debian and its kin';

/** The path of an etcd: the distribution's package where apt has one, unpacked without installing it; else built with Go. */
export async function etcd(): Promise<string> {
  const candidate = await packagedVersion();
  if (candidate === undefined) return builtEtcd();
  const folder = await cached({
    tool: 'etcd',
    version: candidate.replaceAll(/[^\w.+-]/g, '_'),
    ingredients: [],
    notice: "unpacking the distribution's package, which takes seconds",
    make: async (into) => {
      await run('apt-get', ['download', `etcd-server=${candidate}`], { cwd: into, need: NEED });
      const archive = (await readdir(into)).find((name) => name.endsWith('.deb'));
      await mkdir(join(into, 'package'));
      await run('dpkg', ['-x', join(into, archive ?? 'etcd-server.deb'), join(into, 'package')], { need: NEED });
      await copyFile(join(into, 'package', 'usr', 'bin', 'etcd'), join(into, 'etcd'));
    },
  }).catch((error: unknown) => {
    // A package list older than the archive: the file is gone from it.
    if (error instanceof CommandFailed || error instanceof MissingTool) return undefined;
    throw error;
  });
  return folder === undefined ? builtEtcd() : join(folder, 'etcd');
}

/** The version that apt offers; undefined where there is no apt or no such package. */
async function packagedVersion(): Promise<string | undefined> {
  try {
    const policy = await output('apt-cache', ['policy', 'etcd-server'], { env: { LC_ALL: 'C' }, need: NEED });
    const candidate = policy.match(/Candidate: (\S+)/)?.[1];
    return candidate === '(none)' ? undefined : candidate;
  } catch (error) {
    if (error instanceof CommandFailed || error instanceof MissingTool) return undefined;
    throw error;
  }
}

/** etcd of the version that go.mod pins. */
export function builtEtcd(): Promise<string> {
  return goTool({
    tool: 'etcd',
    module: import.meta.dirname,
    versionOf: 'go.etcd.io/etcd/server/v3',
    package: 'go.etcd.io/etcd/server/v3',
    ldflags: () => '-s -w',
    notice: 'apt offers no etcd-server here; building it from the Go module proxy, which takes 2 minutes on two cores',
  });
}
