import { isBuiltin } from 'node:module';

/** The parts of a package.json that packing reads. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const KEPT = ['name', 'version', 'description', 'keywords', 'license', 'author', 'repository', 'type', 'engines', 'bin'] as const;

/**
 * The manifest of the tarball: compiled code behind the same `#lib/` names, and only the packages that this code imports. The Node that
 * the checkout brings along, the build and the deployment stay behind.
 * @throws Error where the code imports a package that is no dependency
 */
export function packedManifest(manifest: Manifest, imported: readonly string[]): Manifest {
  const known = manifest.dependencies ?? {};
  const missing = imported.filter((name) => known[name] === undefined);
  if (missing.length > 0) throw new Error(`imported by lib and no dependency of package.json: ${missing.join(', ')}`);
  return {
    ...(Object.fromEntries(KEPT.filter((key) => key in manifest).map((key) => [key, manifest[key]])) as unknown as Manifest),
    imports: { '#lib/*.ts': './dist/lib/*.js', '#lib/*.json': './dist/lib/*.json' },
    files: ['bin', 'dist/lib', 'CHANGELOG.md'],
    dependencies: Object.fromEntries(imported.toSorted().map((name) => [name, known[name] ?? ''])),
  };
}

/** The packages among what modules import; `@scope/name/path` and `name/path` count as their package. */
export function packagesOf(specifiers: Iterable<string>): string[] {
  const packages = [...specifiers].filter((specifier) => /^[a-z@]/.test(specifier) && !isBuiltin(specifier));
  return [...new Set(packages.map(packageOf))].toSorted();
}

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
