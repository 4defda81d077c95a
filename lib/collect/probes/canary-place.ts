import type { Placement } from '#lib/collect/probes/canary-pods.ts';
import type { CanarySettings } from '#lib/model/canary-settings.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { takeTurns } from '#lib/network/take-turns.ts';

export interface CanaryPlan {
  /** Undefined where no pod is to be reached, and then `podToPod` says why. */
  readonly server: Placement | undefined;
  readonly podToPod: 'tried' | 'switched-off' | 'one-node';
  /** Where the clients go, once the server has its node. */
  clients(server: Placement['notOn']): readonly Placement[];
}

/** `turn` counts minutes: which nodes have theirs hangs on nothing else. `nodes` is undefined where they were not read. */
export function planCanary(settings: CanarySettings, nodes: readonly Node[] | undefined, turn: number): CanaryPlan {
  const { mode, nodes: count, podToPod: wanted } = settings;
  const candidates = nodes && zoneAfterZone(nodes.filter(takesPods));
  const podToPod = !wanted ? 'switched-off' : (candidates?.length ?? 2) < 2 ? 'one-node' : 'tried';
  if (mode === 'scheduled' || candidates === undefined) {
    return {
      podToPod,
      server: podToPod === 'tried' ? {} : undefined,
      clients: (notOn) => Array.from({ length: count }, () => (notOn ? { notOn } : {})),
    };
  }
  const placements = (most: number) => takeTurns(candidates, most, turn).map(({ name }) => ({ node: name }));
  if (podToPod !== 'tried') return { podToPod, server: undefined, clients: () => placements(count) };
  const [server, ...others] = placements(count + 1);
  return { podToPod, server, clients: () => others };
}

/** Nodes that a pod which tolerates nothing can be on, as far as they tell. */
function takesPods({ unschedulable, taints, conditions, operatingSystem, architecture, labels }: Node): boolean {
  return (
    !unschedulable &&
    taints.every(({ effect }) => effect === 'PreferNoSchedule') &&
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True') &&
    (operatingSystem ?? 'linux') === 'linux' &&
    /^(amd64|arm64)$/.test(architecture ?? 'amd64') &&
    labels['eks.amazonaws.com/compute-type'] !== 'fargate'
  );
}

export const zoneOf = ({ labels }: Pick<Node, 'labels'>): string | undefined => labels['topology.kubernetes.io/zone'];

/** Neighbours are of different zones as far as that goes. */
function zoneAfterZone(nodes: readonly Node[]): readonly Node[] {
  const zones = [...Map.groupBy(nodes.toSorted(byName), (node) => zoneOf(node) ?? '')].sort(([a], [b]) => (a < b ? -1 : 1));
  const rounds = Math.max(0, ...zones.map(([, inZone]) => inZone.length));
  return Array.from({ length: rounds }, (_, round) => zones.flatMap(([, inZone]) => inZone[round] ?? [])).flat();
}

function byName(a: Node, b: Node): number {
  return a.name < b.name ? -1 : 1;
}
