import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { MissingTool, output, run } from './command.ts';

const NEED =
  'moto and cfn-lint run on it. Install Python 3.10 or later with venv and pip (Debian: apt-get install python3 python3-venv python3-pip)';

/**
 * A virtual environment of exactly the packages that a requirements file pins, once a machine.
 * `tool` is also the package whose version is the tool's. Answers the folder of its programs.
 */
export async function pythonTool(tool: string, requirements: string): Promise<string> {
  const pins = await readFile(requirements, 'utf8');
  const version = pins.match(new RegExp(`^${tool}==(\\S+)`, 'm'))?.[1];
  if (!version) throw new Error(`${requirements} does not pin ${tool}`);
  // A virtual environment belongs to the interpreter that made it.
  const python = await output('python3', ['-c', 'import sys; print(*sys.version_info[:3], sys.executable)'], { need: NEED });
  const [major, minor] = python.split(' ');
  if (Number(major) !== 3 || Number(minor) < 10) throw new MissingTool(`python3 is too old (${python}): ${NEED}`);
  const folder = await cached({
    tool,
    version,
    ingredients: [pins, python],
    notice: 'installing into a virtual environment, which takes a minute',
    make: async (into) => {
      await run('python3', ['-m', 'venv', into], { need: NEED });
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', requirements];
      await run(join(into, 'bin', 'python'), pip, { need: NEED });
    },
  });
  return join(folder, 'bin');
}
