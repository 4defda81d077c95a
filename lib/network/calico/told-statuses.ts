import type { CalicoNodeReading } from '#lib/model/calico-node-status.ts';
import type { CustomResource, DaemonSet, Pod } from '#lib/model/kubernetes.ts';
import { type CalicoNodeStatus, calicoNodeStatuses } from '#lib/network/calico/node-status.ts';
import { findCnis } from '#lib/network/cni.ts';

/** What is believed of one node. */
export interface ToldStatus {
  readonly status: CalicoNodeStatus;
  /** Why it is not to be believed, a clause; undefined where it is. */
  readonly stale: string | undefined;
}

export interface Telling {
  readonly now: Date;
  /** Nodes whose calico-node is ready; undefined where pods were not read. */
  readonly ready: ReadonlySet<string> | undefined;
}

/** Names of the nodes whose calico-node is ready. */
export function readyCalicoNodes(daemonSets: readonly DaemonSet[], pods: readonly Pod[]): ReadonlySet<string> {
  const owners = findCnis(daemonSets).flatMap(({ kind, daemonSet }) => (kind === 'calico' ? daemonSet : []));
  const ready = pods.filter(
    ({ namespace, owner, conditions }) =>
      owners.some((daemonSet) => daemonSet.namespace === namespace && daemonSet.name === owner?.name) &&
      conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  return new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
}

/** Updates that may be missed before what stands there has to be confirmed. */
const MISSED = 3;

/**
 * Why what the object says is not to be believed; undefined where it is. calico-node looks every period and writes only what changed:
 * an old object is as good as a young one while calico-node is ready, and nobody's word where it is not.
 * Source: projectcalico/calico node/pkg/status/reporter.go (reportStatus).
 */
export function staleness({ spec, status }: CalicoNodeStatus, { now, ready }: Telling): string | undefined {
  if (!status.lastUpdated) return 'calico-node has not filled it';
  const age = Math.round((now.getTime() - Date.parse(status.lastUpdated)) / 1000);
  if (age <= MISSED * spec.updatePeriodSeconds) return undefined;
  if (spec.updatePeriodSeconds === 0) return `it was updated ${age} s ago, and its updates are stopped`;
  if (ready?.has(spec.node)) return undefined;
  return `it was updated ${age} s ago, and ${ready === undefined ? 'pods were not read, so that it is not known whether calico-node still looks' : 'calico-node there is not ready'}`;
}

/**
 * One status for each node of which any tells: somebody's own that is to be believed, else the one that was just made for it, which was
 * filled in this run wherever it is filled, whatever the clock of the node says.
 */
export function toldStatuses(
  resources: readonly CustomResource[],
  readings: readonly CalicoNodeReading[],
  telling: Telling,
): { readonly statuses: ReadonlyMap<string, ToldStatus>; readonly malformed: readonly string[] } {
  const kept = calicoNodeStatuses(resources);
  const made = calicoNodeStatuses(readings.flatMap(({ resource }) => resource ?? []));
  const all = [
    ...kept.objects.map((status) => ({ status, stale: keptAndStale(status, telling) })),
    ...made.objects.map((status) => ({ status, stale: status.status.lastUpdated ? undefined : SILENT })),
  ];
  const byNode = Map.groupBy(all, ({ status }) => status.spec.node);
  const best = [...byNode].flatMap(([node, own]) => {
    const chosen = own.find(({ stale }) => stale === undefined) ?? own.at(-1);
    return chosen === undefined ? [] : [[node, chosen] as const];
  });
  return { statuses: new Map(best), malformed: [...kept.malformed, ...made.malformed] };
}

const SILENT = 'calico-node did not fill the CalicoNodeStatus that was made for it: look whether its pod is ready';

function keptAndStale(status: CalicoNodeStatus, telling: Telling): string | undefined {
  const why = staleness(status, telling);
  return why && `its CalicoNodeStatus ${status.name} is stale: ${why}`;
}
