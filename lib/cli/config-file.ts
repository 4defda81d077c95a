import { readFile } from 'node:fs/promises';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type Config, defaultConfig, parseConfig } from '#lib/config/config.ts';

export const DEFAULT_FILE = 'cniwatch.yaml';

/**
 * The configuration of a run: the file that was named, else ./cniwatch.yaml where there is one, else the defaults.
 * @throws UsageError where the named file cannot be read; ConfigInvalid for what it says
 */
export async function loadConfig(file: string | undefined): Promise<Config> {
  try {
    return await readConfig(file ?? DEFAULT_FILE);
  } catch (error) {
    if (file === undefined && error instanceof ConfigMissing) return defaultConfig();
    throw error;
  }
}

class ConfigMissing extends UsageError {}

/** @throws UsageError where the file cannot be read; ConfigInvalid for what it says */
export async function readConfig(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const Unread = error.code === 'ENOENT' ? ConfigMissing : UsageError;
    throw new Unread(`the configuration ${file} cannot be read (${error.code})`);
  });
  return parseConfig(text, file);
}
