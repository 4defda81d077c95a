import type { Readable } from 'node:stream';

/** No more than `most` bytes of a body, as text, and whether that is all of it. */
export async function bodyBeginning(body: Readable, most: number): Promise<{ text: string; complete: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    // Leaving the loop destroys the stream: no more of it is sent.
    if (bytes > most) break;
  }
  return { text: Buffer.concat(chunks).toString('utf8', 0, most), complete: bytes <= most };
}
