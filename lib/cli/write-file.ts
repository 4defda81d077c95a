import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

/** The file that was asked for could not be written; `message` says which and why. */
export class OutputUnwritable extends Error {
  override readonly name = 'OutputUnwritable';
}

/**
 * Writes a file so that a reader sees the old one or the whole new one: into a neighbour first, then renamed over it. A link leads to
 * the file that is replaced; a device or a pipe is written to, and never replaced. Missing folders are made.
 * @throws OutputUnwritable
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined);
    if (there?.isDirectory()) throw new Error('it is a folder');
    if (there !== undefined && !there.isFile()) return await writeFile(file, content);
    await replace(there === undefined ? path.resolve(file) : await realpath(file), content);
  } catch (error) {
    throw new OutputUnwritable(`${file} could not be written: ${(error as Error).message}`);
  }
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const neighbour = path.join(folder, `.${path.basename(file)}.${randomUUID()}`);
  await makeFolder(folder);
  try {
    await writeFile(neighbour, content);
    await rename(neighbour, file);
  } catch (error) {
    await rm(neighbour, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Makes a folder and those above it. Not by mkdir's own `recursive`: that never ends where the file system has no room for a folder
 * and answers ENOENT for it, as /proc does.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder));
    await mkdir(folder).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
}
