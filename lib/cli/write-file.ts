import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

/** The file that was asked for could not be written; `message` says which and why. */
export class OutputUnwritable extends Error {
  override readonly name = 'OutputUnwritable';
}

/**
 * Writes a file so that a reader sees the old one or the whole new one: into a neighbour first, then renamed over it.
 * Missing folders are made.
 * @throws OutputUnwritable
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const neighbour = path.join(folder, `.${path.basename(file)}.${randomUUID()}`);
  try {
    await makeFolder(folder);
    await writeFile(neighbour, content);
    await rename(neighbour, file);
  } catch (error) {
    await rm(neighbour, { force: true }).catch(() => undefined);
    throw new OutputUnwritable(`${file} could not be written: ${(error as Error).message}`);
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
