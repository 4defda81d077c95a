import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const FUNCTIONS = ['discover', 'check-cluster', 'summarise', 'notify', 'report'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
/** The functions that are states of the state machine. */
export type StepName = Exclude<FunctionName, 'notify' | 'report'>;

/**
 * How a function becomes one ES module: the SDK goes in, so that the version tested is the version that runs.
 * `mainFields` prefers the packages' ES modules, which esbuild can shake; without it the bundle is far larger.
 */
export function bundlingOptions(name: FunctionName, outDir: string) {
  return {
    absWorkingDir: root,
    entryPoints: [join('functions', `${name}.ts`)],
    outfile: join(outDir, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    // For packages that are still CommonJS and require Node's own modules: `yaml`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    alias: { '@aws-sdk/credential-provider-node': './infra/constructs/function-credentials.ts' },
    plugins: [literalKeys],
    metafile: true,
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}

/** Writes `index.mjs` and its source map into `outDir`. */
export function bundle(name: FunctionName, outDir: string): Promise<BuildResult<ReturnType<typeof bundlingOptions>>> {
  return build(bundlingOptions(name, outDir));
}

/** Bundles every function into a folder of its own under `outDir`. */
export async function bundleAll(outDir: string): Promise<Record<FunctionName, string>> {
  const bundles = await Promise.all(
    FUNCTIONS.map(async (name) => {
      const folder = join(outDir, name);
      await bundle(name, folder);
      return [name, folder] as const;
    }),
  );
  return Object.fromEntries(bundles) as Record<FunctionName, string>;
}

/**
 * The SDK writes its schemas as `{ [_eQN]: ... }` with `const _eQN = "ec2QueryName"`. esbuild must keep a value with a computed key,
 * in case computing it has an effect, and with it the shapes of all of EC2's operations. A literal key says the same and can go.
 */
const literalKeys: Plugin = {
  name: 'literal-keys',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const names = new Map([...source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]));
      const contents = source.replace(/\[(_\w+)\]:/g, (computed, name: string) =>
        names.has(name) ? `${names.get(name)}:` : computed,
      );
      return { contents, loader: 'js' };
    });
  },
};
