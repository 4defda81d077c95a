/** Names of clusters, Regions, accounts and subnets, and variables of Grafana. */
const PLAIN = /^[A-Za-z0-9_$-]+$/;

/**
 * The value of a dimension as it stands in a query or a search.
 * @throws Error for one that would end the text that it stands in
 */
export function labelValue(value: string): string {
  if (!PLAIN.test(value)) throw new Error(`"${value}" cannot stand in a query: letters, digits, - and _ can`);
  return value;
}
