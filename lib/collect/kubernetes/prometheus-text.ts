/** One line of the Prometheus text format. */
export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^[ \t]*([a-zA-Z_:][\w:]*)[ \t]*(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t\r]*$/;
const LABEL = /([a-zA-Z_]\w*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"/g;

/**
 * The samples of a scrape. A line that is none is passed over: the text comes from a node.
 * Source: Prometheus documentation, "Exposition formats".
 */
export function prometheusSamples(text: string): PrometheusSample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', number] = LINE.exec(line) ?? [];
    const value = Number(number);
    // NaN and the infinities are written out, and no amounts.
    if (name === undefined || !Number.isFinite(value)) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', raw = '']) => [key, unescaped(raw)] as const);
    return [{ name, labels: Object.fromEntries(pairs), value }];
  });
}

const unescaped = (raw: string): string => raw.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
