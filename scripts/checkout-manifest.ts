import { copyFile, rename } from 'node:fs/promises';
import * as path from 'node:path';

/** Where the checkout's package.json waits while npm reads the packed one. Not in dist/, which is cleared. */
const backupOf = (root: string): string => path.join(root, '.package.json.checkout');

export async function saveManifest(root: string): Promise<void> {
  await copyFile(path.join(root, 'package.json'), backupOf(root));
}

/** Puts the checkout's package.json back; nothing where it is in place. */
export async function restoreManifest(root: string): Promise<void> {
  await rename(backupOf(root), path.join(root, 'package.json')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
