/** npm runs this before it packs: compiles lib/ and puts the manifest of the tarball in place. postpack.ts undoes that. */
import { readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { restoreManifest, saveManifest } from './checkout-manifest.ts';
import { compileLib } from './compile.ts';
import { packagesOf, packedManifest } from './package-manifest.ts';

const root = path.resolve(import.meta.dirname, '..');
// A packing that was killed half-way left the packed manifest behind.
await restoreManifest(root);

const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
// Everything that can fail comes before the manifest is touched.
const packed = packedManifest(manifest, packagesOf(await compileLib(root)));
await saveManifest(root);
try {
  await writeFile(path.join(root, 'package.json'), `${JSON.stringify(packed, undefined, 2)}\n`);
} catch (error) {
  await restoreManifest(root);
  throw error;
}
