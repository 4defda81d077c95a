import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { MADE_BY, NODE_STATUSES, type NodeStatusPlace } from '#lib/collect/kubernetes/calico-node-statuses.ts';
import { toCustomResource } from '#lib/collect/kubernetes/custom-resource.ts';
import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import type { NamedObject } from '#lib/collect/kubernetes/writer.ts';
import { labelSelector, ownLabels, ownName } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { CalicoNodeReading } from '#lib/model/calico-node-status.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';

/** Seconds between two updates of an object by calico-node. */
const PERIOD = 5;
/** Milliseconds. */
export interface Patience {
  readonly first: number;
  /** Without another node that told. */
  readonly silence: number;
  readonly most: number;
}
const PATIENCE: Patience = { first: 250, silence: 12_000, most: 30_000 };
/** Milliseconds before the run's deadline that are left to tell and to delete: what is not answered by then is lost. */
const RESERVE = 5_000;

/**
 * Makes an object for each of these nodes, waits until calico-node has filled them or is silent, and deletes them in every case.
 * @throws ReadFailure where nobody may create them: a failure of the source, and not of a node
 */
export async function askCalicoNodes(
  sources: Sources,
  at: NodeStatusPlace,
  nodes: readonly string[],
  patience = PATIENCE,
): Promise<readonly CalicoNodeReading[]> {
  const run = ownName(MADE_BY);
  const labels = { ...ownLabels(MADE_BY), 'app.kubernetes.io/instance': run };
  const asked = nodes.map((node, index) => ({ node, name: `${run}-${index}`, made: Promise.withResolvers<boolean>() }));
  const filled = Promise.all(asked.map(({ made }) => made.promise)).then((made) =>
    readUntilFilled(sources, at, { labels, count: made.filter(Boolean).length, patience }),
  );
  // Whoever waits for it says so; where nothing was made, nobody does.
  filled.catch(() => undefined);
  const ask = async ({ node, name, made }: (typeof asked)[number]): Promise<CalicoNodeReading> => {
    const use = async () => {
      made.resolve(true);
      return (await filled).get(name);
    };
    try {
      const resource = await sources.kubernetesWrites.temporarily(at, bodyOf(node, { at, name, labels }), use);
      return resource === undefined ? { node, unread: 'Its CalicoNodeStatus was deleted by somebody else.' } : { node, resource };
    } catch (error) {
      if (!(error instanceof ReadFailure) || /^(Forbidden|Unauthorized|NotServed)$/.test(error.code)) throw error;
      return { node, unread: error.message };
    } finally {
      made.resolve(false);
    }
  };
  const [first, ...others] = asked;
  if (first === undefined) return [];
  // Alone: where nobody may, it is refused once and not for every node.
  const reading = ask(first);
  if (await first.made.promise) return Promise.all([reading, ...others.map(ask)]);
  const failed = await reading;
  return nodes.map((node) => ({ ...failed, node }));
}

function bodyOf(
  node: string,
  { at, name, labels }: { at: NodeStatusPlace; name: string; labels: Readonly<Record<string, string>> },
): NamedObject {
  return {
    apiVersion: at.apiVersion,
    kind: NODE_STATUSES.kind,
    metadata: { name, labels },
    spec: { node, classes: ['Agent', 'BGP'], updatePeriodSeconds: PERIOD },
  };
}

/** One list for all of them, again and again. What is not filled at the end is answered as it is. */
async function readUntilFilled(
  { kubernetes, signal, remaining }: Sources,
  at: NodeStatusPlace,
  { labels, count, patience }: { labels: Readonly<Record<string, string>>; count: number; patience: Patience },
): Promise<ReadonlyMap<string, CustomResource>> {
  const query = { labelSelector: labelSelector(labels) };
  const read = () => kubernetes.list({ ...at, query }, (item) => toCustomResource(item, at.apiVersion, NODE_STATUSES.kind));
  if (count === 0) return new Map();
  const began = performance.now();
  const most = Math.min(patience.most, remaining() - RESERVE);
  let [lastNews, told, pause] = [0, 0, patience.first];
  for (;;) {
    const resources = await read();
    const waited = performance.now() - began;
    const now = resources.filter(isFilled).length;
    if (now > told) lastNews = waited;
    told = now;
    if (told >= count || waited - lastNews >= patience.silence || waited >= most)
      return new Map(resources.map((resource) => [resource.name, resource]));
    await sleep(pause, undefined, { signal });
    pause = Math.min(2 * pause, 2_000);
  }
}

function isFilled({ status }: CustomResource): boolean {
  return typeof (status as JsonObject | undefined)?.['lastUpdated'] === 'string';
}
