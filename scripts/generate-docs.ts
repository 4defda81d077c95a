/** Writes what the documentation says of the code from the code's own declarations, and removes pages of checks that are gone. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkPages } from '#scripts/docs/check-pages.ts';
import { generatedPages } from '#scripts/docs/pages.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const checks = join(docs, 'checks');
const pages = checkPages();
const others = generatedPages();

await mkdir(checks, { recursive: true });
for (const name of await readdir(checks)) if (!pages.has(name)) await rm(join(checks, name));
await Promise.all([...pages].map(([name, text]) => writeFile(join(checks, name), text)));
for (const [name, text] of others) {
  await mkdir(dirname(join(docs, name)), { recursive: true });
  await writeFile(join(docs, name), text);
}
console.log(`docs: ${pages.size} pages of checks, ${[...others.keys()].join(', ')}`);
