import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { UsageError } from '#lib/cli/usage-error.ts';
import { writeFileAtomically } from '#lib/cli/write-file.ts';
import { parseSnapshot, type Snapshot, SnapshotUnreadable } from '#lib/model/snapshot.ts';

/**
 * Reads a Snapshot, compressed or not: the content tells, not the name.
 * @throws UsageError where there is no such file; SnapshotUnreadable (SnapshotTooNew) for what it holds
 */
export async function readSnapshot(file: string): Promise<Snapshot> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the Snapshot ${file} cannot be read (${error.code})`);
  });
  try {
    return parseSnapshot(await decompressed(bytes));
  } catch (error) {
    // Several may be judged in one run: which one was it?
    if (error instanceof SnapshotUnreadable) error.message = `${file}: ${error.message}`;
    throw error;
  }
}

async function decompressed(bytes: Buffer): Promise<string> {
  // The two bytes that begin every gzip member (RFC 1952, section 2.3.1).
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  const plain = await promisify(gunzip)(bytes).catch((error: Error) => {
    throw new SnapshotUnreadable(`the Snapshot cannot be unpacked (${error.message}): was it cut short?`);
  });
  return plain.toString('utf8');
}

/** Writes a Snapshot, compressed where the name ends in .gz. Returns the bytes written. */
export async function writeSnapshot(file: string, snapshot: Snapshot): Promise<number> {
  const json = Buffer.from(`${JSON.stringify(snapshot)}\n`);
  const bytes = file.endsWith('.gz') ? await promisify(gzip)(json) : json;
  await writeFileAtomically(file, bytes);
  return bytes.length;
}
