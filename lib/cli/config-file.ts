import { readFile } from 'node:fs/promises';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type Config, defaultConfig, parseConfig } from '#lib/config/config.ts';

const DEFAULT_FILE = 'cniwatch.yaml';

/**
 * The configuration of a run: the file that was named, else ./cniwatch.yaml where there is one, else the defaults.
 * @throws UsageError where the named file cannot be read; ConfigInvalid for what it says
 */
export async function loadConfig(file: string | undefined): Promise<Config> {
  try {
    return parseConfig(await readFile(file ?? DEFAULT_FILE, 'utf8'), file ?? DEFAULT_FILE);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    if (file === undefined && code === 'ENOENT') return defaultConfig();
    throw new UsageError(`the configuration ${file ?? DEFAULT_FILE} cannot be read (${code})`);
  }
}
