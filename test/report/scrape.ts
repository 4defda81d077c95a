export interface Scraped {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (?:[^\\\\]|\\\\[\\\\n])*$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([+-]?Inf|NaN|-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(,|$)/y;

/**
 * The Prometheus text format 0.0.4, read strictly: HELP and TYPE once and before the samples of their family, families in one piece,
 * no series twice, every line ended. Source: Prometheus documentation, "Exposition formats".
 * @throws Error that names the line
 */
export function scrape(text: string): { readonly samples: readonly Scraped[] } {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const read: Reading = { types: new Map(), helped: new Set(), series: new Set(), samples: [], family: '' };
  for (const line of text.slice(0, -1).split('\n')) {
    const why = readLine(line, read);
    if (why !== undefined) throw new Error(`${why}: ${JSON.stringify(line)}`);
  }
  return { samples: read.samples };
}

interface Reading {
  readonly types: Map<string, string>;
  readonly helped: Set<string>;
  readonly series: Set<string>;
  readonly samples: Scraped[];
  /** Whose lines are read now. */
  family: string;
}

/** @returns what is wrong with the line */
function readLine(line: string, read: Reading): string | undefined {
  if (line.startsWith('# HELP')) return readHelp(HELP.exec(line)?.[1], read);
  if (line.startsWith('# TYPE')) return readType(TYPE.exec(line) ?? [], read);
  return line.startsWith('#') ? undefined : readSample(SAMPLE.exec(line) ?? [], read);
}

function readHelp(name: string | undefined, { helped }: Reading): string | undefined {
  if (name === undefined || helped.has(name)) return 'no HELP, or a second one';
  helped.add(name);
  return undefined;
}

function readType([, name, type = '']: readonly string[], read: Reading): string | undefined {
  if (name === undefined || read.types.has(name)) return 'no TYPE, or a family in pieces';
  read.types.set(name, type);
  read.family = name;
  return undefined;
}

function readSample([, name, inner = '', value = '']: readonly string[], { types, series, samples, family }: Reading) {
  if (name === undefined) return 'no sample';
  const base = types.get(family) === 'summary' ? name.replace(/_(sum|count)$/, '') : name;
  if (base !== family) return `not of the family ${family}`;
  if (series.has(`${name}{${inner}`)) return 'a series twice';
  series.add(`${name}{${inner}`);
  samples.push({ name, labels: labelsOf(inner), value: Number(value.replace('Inf', 'Infinity')) });
  return undefined;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const [whole = '', name = '', raw = ''] = LABEL.exec(text) ?? [];
    if (whole === '') throw new Error(`no label: ${JSON.stringify(text.slice(at))}`);
    if (name in labels) throw new Error(`a label twice: ${name}`);
    labels[name] = raw.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    at += whole.length;
  }
  return labels;
}
