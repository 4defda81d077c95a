import { plural } from '#lib/model/plural.ts';
import type { CanaryAnswer, Extent, TriageProblem } from '#lib/model/triage.ts';

interface Seen {
  readonly unseen: number;
  /** Findings that are ok. */
  readonly judged: number;
}

/** The first thing to know, in a sentence or two. */
export function headline(problems: readonly TriageProblem[], canary: CanaryAnswer | null, { unseen, judged }: Seen): string {
  const [first] = problems;
  const told = canary === null ? [] : [canary.text];
  if (first === undefined) {
    const found =
      unseen === 0
        ? `Nothing is wrong that cniwatch looks at: ${plural(judged, 'finding')} ok.`
        : `Nothing wrong was found, but not all was seen: ${plural(unseen, 'gap')}, listed below.`;
    return [found, ...told].join(' ');
  }
  const time = first.timeToImpact === null ? '' : ` Impact: ${timeText(first)}.`;
  return [`${capitalised(extentText(first.extent))}: ${first.title}.${time}`, ...told].join(' ');
}

/** `cluster-wide`, `1 of 12 nodes (ip-10-0-0-1)`, `subnet subnet-a`, `one node (ip-10-0-0-1), the only one tried`. */
export function extentText(extent: Extent): string {
  if (extent.onlyTried === undefined) return placeText(extent);
  return `${placeText(extent)}, ${extent.nodes === 1 ? 'the only one tried' : 'all that were tried'}`;
}

function placeText({ scope, names, nodes, nodesTotal }: Extent): string {
  const listed = names.join(', ');
  const share = nodes === null || nodesTotal === null ? '' : `${nodes} of ${nodesTotal} nodes`;
  switch (scope) {
    case 'cluster':
      return share !== '' && nodes !== nodesTotal ? `cluster-wide (${share})` : 'cluster-wide';
    case 'zone':
    case 'subnet':
    case 'namespace':
      return `${scope} ${listed}${share === '' ? '' : ` (${share})`}`;
    case 'ip-pool':
      return `pool ${listed}`;
    case 'node':
      return `one node (${listed})`;
    case 'nodes':
      return share === '' ? `nodes ${listed}` : `${share} (${listed}${nodes !== null && nodes > names.length ? ', ...' : ''})`;
  }
}

export function timeText({ timeToImpact, hoursToExhaustion }: Pick<TriageProblem, 'timeToImpact' | 'hoursToExhaustion'>): string {
  const forecast = hoursToExhaustion !== null && hoursToExhaustion > 0 ? ` (${hoursToExhaustion} h left)` : '';
  return `${timeToImpact ?? 'not stated'}${forecast}`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
