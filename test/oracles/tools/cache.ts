import { createHash, randomUUID } from 'node:crypto';
import { access, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where built tools live: outside the checkout, so that a fresh clone finds them. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['CNIWATCH_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cniwatch');
}

export interface Recipe {
  readonly tool: string;
  readonly version: string;
  /** Whatever else decides the result: a lock file, build flags. A change of it makes the tool anew. */
  readonly ingredients: readonly string[];
  /** Said before a make, with how long it may take. */
  readonly notice: string;
  /** Fills an empty folder. */
  make(folder: string): Promise<void>;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * The folder of a tool, made at most once a machine. A folder counts as made only once its marker stands in it, so that a make that was
 * cut short is repeated, and a lock keeps two runs from making the same tool.
 */
export async function cached(recipe: Recipe, root = cacheFolder()): Promise<string> {
  const digest = createHash('sha256')
    .update([process.platform, process.arch, ...recipe.ingredients].join('\n'))
    .digest('hex');
  const folder = join(root, `${recipe.tool}-${recipe.version}-${digest.slice(0, 12)}`);
  const made = join(folder, '.made');
  if (await exists(made)) return folder;
  await mkdir(root, { recursive: true });
  const release = await lock(`${folder}.lock`, recipe.tool);
  try {
    if (await exists(made)) return folder;
    process.stderr.write(`${recipe.tool} ${recipe.version}: ${recipe.notice}\n`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await recipe.make(folder);
    await writeFile(made, new Date().toISOString());
    process.stderr.write(`${recipe.tool} ${recipe.version}: made in ${folder}\n`);
    return folder;
  } finally {
    await release();
  }
}

/** Waits for the lock file and takes it; one left by a process that is gone is taken over. */
async function lock(path: string, tool: string): Promise<() => Promise<void>> {
  for (let waited = false; ; await sleep(500)) {
    // A link appears with its content, so that no lock ever stands without its holder's id.
    const claim = `${path}.${randomUUID()}`;
    await writeFile(claim, String(process.pid));
    try {
      await link(claim, path);
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(claim, { force: true });
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    else if (!waited) {
      process.stderr.write(`${tool}: process ${holder || '?'} is making it (${path}); waiting\n`);
      waited = true;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
