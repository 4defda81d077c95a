import * as path from 'node:path';
import type { OutputOptions } from '#lib/cli/options.ts';
import { coloured, type System } from '#lib/cli/system.ts';
import { writeFileAtomically } from '#lib/cli/write-file.ts';
import type { AssessmentDocument } from '#lib/model/assessment.ts';
import { FORMATS, type Format } from '#lib/report/index.ts';

/** `.prom` is what the textfile collector of node_exporter reads. */
const ENDINGS: Readonly<Record<string, Format>> = {
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
  '.md': 'markdown',
  '.xml': 'junit',
  '.csv': 'csv',
  '.prom': 'prometheus',
};

function formatOf(outFile: string | undefined): Format {
  return ENDINGS[path.extname(outFile ?? '').toLowerCase()] ?? 'table';
}

/** Renders the document and sends it to stdout (also `-`) or into a file. @throws OutputUnwritable */
export async function emitReport(
  document: AssessmentDocument,
  { output, outFile, problems = false }: OutputOptions,
  { stdout, env }: System,
): Promise<void> {
  const { render } = await FORMATS[output ?? formatOf(outFile)]();
  const toStdout = outFile === undefined || outFile === '-';
  const colour = coloured(toStdout ? stdout : { isTTY: false }, env);
  const text = render(document, { problems, colour, width: stdout.columns ?? 100 });
  if (toStdout) await stdout.write(text);
  else await writeFileAtomically(outFile, text);
}
