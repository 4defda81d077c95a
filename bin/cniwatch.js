#!/usr/bin/env node
// Starts the command line: its TypeScript in the checkout, its compiled JavaScript in the package.
// Plain JavaScript that old versions of Node can read too, so that they get a message and no syntax error.
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';

const compiled = new URL('../dist/lib/cli/main.js', import.meta.url);
const source = new URL('../lib/cli/main.ts', import.meta.url);
const inCheckout = existsSync(source);

if (inCheckout && !process.features.typescript) {
  console.error(`error: this checkout is TypeScript, which Node ${process.version} does not run by itself`);
  console.error('  Run it by npx or npm, which use the Node that `npm ci` has put here: npx cniwatch --help');
  process.exit(64);
} else if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`error: cniwatch runs on Node 20 and newer, and this is ${process.version}`);
  console.error('  Install Node 24, the version that it is tested on.');
  process.exit(64);
} else {
  // Keeps compiled code between runs: half the time of a start.
  nodeModule.enableCompileCache?.();
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (!inCheckout) await import('./older-node.js');
  const { main } = await import(inCheckout ? source : compiled);
  // At once: an idle connection that is kept alive must not hold the prompt.
  process.exit(await main(process.argv.slice(2), { version }));
}
