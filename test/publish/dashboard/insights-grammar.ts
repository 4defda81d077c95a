/** A query of Metrics Insights, taken apart. */
export interface ParsedQuery {
  readonly statistic: string;
  readonly metric: string;
  readonly namespace: string;
  readonly dimensions: readonly string[];
  readonly where: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  readonly groupBy: readonly string[];
  readonly direction: string;
  readonly limit: number | undefined;
}

/**
 * Parses the part of the language that cniwatch writes, and nothing else: all clauses in their order, identifiers in double quotation marks
 * and values in single ones. Source: Amazon CloudWatch User Guide, "Metrics Insights query components and syntax".
 * @throws Error that names where it ends to be a query
 */
export function parseInsights(query: string): ParsedQuery {
  const tokens = query.match(/"[^"]*"|'[^']*'|!=|[A-Za-z]+|\d+|\S/g) ?? [];
  let at = 0;
  const fail = (wanted: string): never => {
    throw new Error(`${wanted} expected before ${tokens.slice(at).join(' ') || 'the end'} of ${query}`);
  };
  const is = (...words: readonly string[]): boolean => words.every((word, offset) => tokens[at + offset] === word);
  const take = (...words: readonly string[]): void => {
    if (!is(...words)) fail(words.join(' '));
    at += words.length;
  };
  const matching = (pattern: RegExp, wanted: string): string => {
    const [, text] = pattern.exec(tokens[at] ?? '') ?? fail(wanted);
    at += 1;
    return text ?? '';
  };
  const identifier = () => matching(/^"([^"]+)"$/, 'an identifier in quotation marks');
  const list = (): string[] => {
    const found = [identifier()];
    while (is(',')) {
      at += 1;
      found.push(identifier());
    }
    return found;
  };
  take('SELECT');
  const statistic = matching(/^(AVG|COUNT|MAX|MIN|SUM)$/, 'a function');
  take('(');
  const metric = identifier();
  take(')', 'FROM', 'SCHEMA', '(');
  const [namespace = '', ...dimensions] = list();
  take(')');
  const where: { label: string; operator: string; value: string }[] = [];
  while (is(where.length === 0 ? 'WHERE' : 'AND')) {
    at += 1;
    where.push({ label: identifier(), operator: matching(/^(!?=)$/, '= or !='), value: matching(/^'([^']+)'$/, 'a value') });
  }
  take('GROUP', 'BY');
  const groupBy = list();
  take('ORDER', 'BY', statistic, '(', ')');
  const direction = matching(/^(ASC|DESC)$/, 'ASC or DESC');
  let limit: number | undefined;
  if (is('LIMIT')) {
    at += 1;
    limit = Number(matching(/^(\d+)$/, 'a number'));
  }
  if (at < tokens.length) fail('the end');
  return { statistic, metric, namespace, dimensions, where, groupBy, direction, limit };
}

/** A search, taken apart; its terms by dimension. Source: Amazon CloudWatch User Guide, "CloudWatch search expression syntax". */
export function parseSearch(expression: string) {
  const [, schema = '', metric = '', terms = '', statistic = '', period = ''] =
    /^SEARCH\('\{([^{}']+)\} MetricName="(\w+)"((?: \w+=(?:"[^"']+"|\("[^"']+"(?: OR "[^"']+")+\)))*)', '(Maximum|Minimum|Average)', (\d+)\)$/.exec(
      expression,
    ) ?? [];
  if (metric === '') throw new Error(`no search that cniwatch writes: ${expression}`);
  const [namespace = '', ...dimensions] = schema.split(',');
  const where = Object.fromEntries(
    [...terms.matchAll(/(\w+)=("[^"]+"|\([^)]+\))/g)].map(([, name = '', values = '']) => [
      name,
      [...values.matchAll(/"([^"]+)"/g)].map(([, value = '']) => value),
    ]),
  );
  return { namespace, dimensions, metric, where, statistic, period: Number(period) };
}
