/** Writes docs/checks from the checks' own metadata, and removes pages of checks that are gone. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPages } from './docs/check-pages.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'checks');
const pages = checkPages();

await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (!pages.has(name)) await rm(join(folder, name));
await Promise.all([...pages].map(([name, text]) => writeFile(join(folder, name), text)));
console.log(`docs/checks: ${pages.size} pages`);
