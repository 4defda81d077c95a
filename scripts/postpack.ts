/** npm runs this after it packed: puts the checkout's package.json back. */
import * as path from 'node:path';
import { restoreManifest } from './checkout-manifest.ts';

await restoreManifest(path.resolve(import.meta.dirname, '..'));
