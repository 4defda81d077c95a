import type { Finding } from '#lib/model/finding.ts';

type Evidence = Finding['evidence'];
type Entry = Readonly<Record<string, unknown>>;

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const entries = (value: unknown): readonly Entry[] =>
  Array.isArray(value) ? value.filter((item): item is Entry => typeof item === 'object' && item !== null) : [];

const nodeOf = ({ node }: Entry): readonly string[] => strings([node]);

/** Nodes of the entries of a list that fail. */
const failing = (value: unknown, fails: (entry: Entry) => boolean): readonly string[] =>
  entries(value).flatMap((entry) => (fails(entry) ? nodeOf(entry) : []));

const FAILED: ReadonlySet<unknown> = new Set(['no-answer', 'no-route', 'refused', 'server-failure']);

/** The nodes that a check's evidence is about, where it does not name them in `nodes`. */
const NODES: Readonly<Record<string, (evidence: Evidence) => readonly string[]>> = {
  // Those of its `nodes` work.
  coredns: ({ nodesFailing }) => strings(nodesFailing),
  'dns-quality': ({ linkLocalNodes }) => strings(linkLocalNodes),
  // Of the cluster: where no agent is to be had.
  'cni-agents': ({ nodes, nodesWithoutNetwork }) => [...strings(nodes), ...strings(nodesWithoutNetwork)],
  'canary-pod': ({ pods }) => failing(pods, ({ stage }) => stage === 'no-network'),
  'canary-routes': ({ routes, apiServer }) => {
    const without = failing(routes, ({ hasDefault }) => hasDefault === false);
    return without.length > 0 ? without : failing(apiServer, ({ outcome }) => FAILED.has(outcome));
  },
  'canary-dns': ({ servers, searchFailed }) => [
    ...failing(servers, ({ of, outcome }) => of === 'resolver' && FAILED.has(outcome)),
    ...strings(searchFailed),
  ],
  'canary-egress': ({ targets }) => entries(targets).flatMap(({ unreached }) => entries(unreached).flatMap(nodeOf)),
  'canary-pod-to-pod': ({ paths, server }) => [
    ...failing(paths, ({ outcome }) => FAILED.has(outcome)),
    ...entries([server]).flatMap(nodeOf),
  ],
};

export function nodesIn({ check, evidence }: Pick<Finding, 'check' | 'evidence'>): readonly string[] {
  return Object.hasOwn(NODES, check) ? (NODES[check]?.(evidence) ?? []) : strings(evidence['nodes']);
}

/** Nodes on which a canary tried what its check judges: the others, nobody has seen. Undefined where a check looks at all nodes. */
export function nodesTried({ check, evidence }: Pick<Finding, 'check' | 'evidence'>): readonly string[] | undefined {
  return Object.hasOwn(TRIED, check) ? TRIED[check]?.(evidence) : undefined;
}

const TRIED: Readonly<Record<string, (evidence: Evidence) => readonly string[]>> = {
  'canary-pod': ({ pods }) => entries(pods).flatMap(nodeOf),
  'canary-routes': ({ routes, apiServer }) => [...entries(routes), ...entries(apiServer)].flatMap(nodeOf),
  'canary-dns': ({ servers, searchFailed }) => [...entries(servers).flatMap(nodeOf), ...strings(searchFailed)],
  'canary-egress': ({ targets }) =>
    entries(targets).flatMap(({ reached, unreached, unknown }) => [
      ...strings(reached),
      ...[...entries(unreached), ...entries(unknown)].flatMap(nodeOf),
    ]),
};

/** Of a way between two nodes that is cut, either end may be at fault: the ends of each. */
export function waysIn({
  check,
  evidence: { paths, server },
}: Pick<Finding, 'check' | 'evidence'>): readonly (readonly string[])[] {
  if (check !== 'canary-pod-to-pod') return [];
  const end = entries([server]).flatMap(nodeOf);
  return failing(paths, ({ outcome }) => FAILED.has(outcome)).map((start) => [start, ...end]);
}
