import { plainText } from '#lib/model/plain-text.ts';

export interface Sample {
  /** Of a summary: `_sum` or `_count`. */
  readonly suffix?: '_sum' | '_count';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'summary';
  readonly samples: readonly Sample[];
}

/**
 * Families as text, each once with all its lines together, as the format demands; of samples with the same labels the first stands.
 * Source: Prometheus documentation, "Exposition formats", text format 0.0.4.
 */
export function familiesText(families: readonly Family[]): string {
  const byName = Map.groupBy(families, ({ name }) => name);
  const text = [...byName].map(([name, parts]) => familyText(name, parts)).join('');
  // An empty fleet has no series: a comment, so that the file is not taken for one that was cut off.
  return text === '' ? '# cniwatch: no clusters\n' : text;
}

function familyText(name: string, parts: readonly Family[]): string {
  const [{ help, type } = { help: '', type: 'gauge' }] = parts;
  const lines = new Map<string, string>();
  for (const { suffix = '', labels, value } of parts.flatMap(({ samples }) => samples)) {
    const series = `${name}${suffix}${labelsText(labels)}`;
    if (!lines.has(series)) lines.set(series, `${series} ${valueText(value)}\n`);
  }
  if (lines.size === 0) return '';
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\')}\n# TYPE ${name} ${type}\n${[...lines.values()].join('')}`;
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Line breaks are gone by then: plain text is one line. */
const escapeLabel = (value: string): string => plainText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/** As Go reads a float. */
function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
