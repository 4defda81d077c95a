import { cp, readdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { build } from 'esbuild';

/**
 * Compiles lib/ file by file into dist/lib/ and copies what is no code. `#lib/` imports stay as they are: the packed manifest maps
 * them. (tsc rewrites relative imports only, and refuses to emit for others: its error 2877.)
 * Returns the specifiers of everything outside lib/ that the code imports.
 */
export async function compileLib(root: string): Promise<string[]> {
  const dist = path.join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  const entries = await readdir(path.join(root, 'lib'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  const code = files.filter((file) => file.endsWith('.ts'));
  const settings = {
    entryPoints: code,
    absWorkingDir: root,
    outbase: '.',
    outdir: 'dist',
    format: 'esm',
    platform: 'node',
  } as const;
  await build({ ...settings, bundle: false, target: 'node20', logLevel: 'warning' });
  for (const data of files.filter((file) => !file.endsWith('.ts'))) {
    await cp(path.join(root, data), path.join(dist, data));
  }
  // Bundled for nothing but its list of imports.
  const { metafile } = await build({
    ...settings,
    bundle: true,
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path: specifier }) => specifier));
}
