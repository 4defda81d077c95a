/** The size of each function's bundle, and the CPU that importing it takes in a fresh process: the median of nine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleAll } from '#infra/constructs/bundling.ts';
import { median } from '#test/bench/median.ts';

export interface BundleFigures {
  readonly name: string;
  readonly megabytes: number;
  readonly importCpuMs: number;
}

const ENVIRONMENT = {
  CNIWATCH_ACCOUNT: '111122223333',
  CNIWATCH_BUCKET: 'bench',
  CNIWATCH_TABLE: 'bench',
  CNIWATCH_EVENT_BUS: 'bench',
  AWS_REGION: 'eu-west-1',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
};

export async function measureBundles(): Promise<readonly BundleFigures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cniwatch-bench-'));
  try {
    return Object.entries(await bundleAll(folder)).map(([name, at]) => {
      const file = join(at, 'index.mjs');
      return {
        name,
        megabytes: statSync(file).size / 1e6,
        importCpuMs: median(Array.from({ length: 9 }, () => importCpuMs(file))),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importCpuMs(file: string): number {
  const script = `const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(String((user + system) / 1000), () => process.exit(0));`;
  const options = { env: { ...process.env, ...ENVIRONMENT }, encoding: 'utf8' } as const;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], options));
}
