import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import { explainIssue } from '#lib/config/issue.ts';
import { placeOfKey, placeOfValue } from '#lib/config/locate.ts';
import { ConfigInvalid, type ConfigProblem } from '#lib/config/problem.ts';
import { type Config, configSchema } from '#lib/config/schema.ts';
import type { Check } from '#lib/model/check.ts';

export { ConfigInvalid } from '#lib/config/problem.ts';
export type { Config } from '#lib/config/schema.ts';

/** The configuration of an empty file. */
export function defaultConfig(checks: readonly Check[] = CHECKS): Config {
  return configSchema(checks).parse({}) as Config;
}

/**
 * Parses the text of a cniwatch.yaml and fills in the defaults.
 * @throws ConfigInvalid with every problem's file, line and column
 */
export function parseConfig(text: string, fileName: string, checks: readonly Check[] = CHECKS): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigInvalid(
      fileName,
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { line, column: col, message: `not valid YAML: ${error.message}` };
      }),
    );
  }

  const schema = configSchema(checks);
  const parsed = schema.safeParse(plainValue(document, fileName), { reportInput: true });
  if (parsed.success) return parsed.data as Config;
  const problems = parsed.error.issues.flatMap((issue): ConfigProblem[] => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ ...placeOfValue(document, lines, issue.path), message: explainIssue(issue, schema) }];
    }
    return issue.keys.map((key) => ({
      ...placeOfKey(document, lines, issue.path, key),
      message: explainIssue({ ...issue, keys: [key] } as z.core.$ZodIssue, schema),
    }));
  });
  throw new ConfigInvalid(
    fileName,
    problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
  );
}

/** The document as plain data; an empty file is an empty map. */
function plainValue(document: ReturnType<typeof parseDocument>, fileName: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // yaml refuses aliases that unfold without bounds, and those that name no anchor.
    throw new ConfigInvalid(fileName, [{ line: 1, column: 1, message: `not usable YAML: ${(error as Error).message}` }]);
  }
}
