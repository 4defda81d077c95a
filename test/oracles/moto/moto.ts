import { join } from 'node:path';
import { pythonTool } from '../tools/python.ts';

/** The path of moto_server of the version that requirements.txt pins. */
export async function motoServer(): Promise<string> {
  return join(await pythonTool('moto', join(import.meta.dirname, 'requirements.txt')), 'moto_server');
}
