import { join } from 'node:path';
import { pythonTool } from '../tools/python.ts';

/** The path of cfn-lint of the version that requirements.txt pins; installed on the first call. */
export async function cfnLint(): Promise<string> {
  return join(await pythonTool('cfn-lint', join(import.meta.dirname, 'requirements.txt')), 'cfn-lint');
}
