import { boundedCall } from '#lib/collect/aws/call.ts';
import { everyPage } from '#lib/collect/aws/pages.ts';
import { rateCap } from '#lib/collect/aws/rate-cap.ts';
import type { Clock } from '#lib/collect/clock.ts';
import { accessAdvice } from '#lib/collect/kubernetes/access.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { execInPod } from '#lib/collect/kubernetes/exec.ts';
import { type Cluster, type KubernetesReader, kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { type KubernetesWriter, kubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import type { Progress, Tally } from '#lib/collect/progress.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { WHOLE_SHARE } from '#lib/model/call-share.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Target } from '#lib/model/target.ts';

/** What the collectors of one run share. */
export interface Run {
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** Sources that count into `tally`. `cluster` is asked for only when Kubernetes is. */
  sources(tally: Tally, cluster: () => Promise<Slice<EksCluster>>): Sources;
  close(): Promise<void>;
}

export function openRun(target: Target, options: CollectOptions, clock: Clock): Run {
  const { signal } = clock;
  const now = options.now ?? (() => new Date());
  const rate = options.rate ?? rateCap(target.share ?? WHOLE_SHARE);
  let entered: Promise<Cluster> | undefined;
  const inside = (cluster: () => Promise<Slice<EksCluster>>) => (entered ??= enter(options, cluster, signal));
  return {
    signal,
    onProgress: (progress) => options.onProgress?.(progress),
    sources(tally, cluster) {
      const bounds = { region: target.region, signal, tally, rate };
      return {
        target,
        signal,
        now,
        remaining: clock.remaining,
        settings: options.settings ?? DEFAULT_COLLECT_SETTINGS,
        ec2: boundedCall(options.aws.ec2, 'ec2', bounds),
        eks: boundedCall(options.aws.eks, 'eks', bounds),
        autoScaling: boundedCall(options.aws.autoScaling, 'autoscaling', bounds),
        serviceQuotas: boundedCall(options.aws.serviceQuotas, 'servicequotas', bounds),
        everyPage: (operation, fetch, items) =>
          everyPage(operation, fetch, (page) => {
            const found = items(page) ?? [];
            tally.page(found.length);
            return found;
          }),
        kubernetes: lazyReader(async () => kubernetesReader(await inside(cluster), tally)),
        exec: async (command) => execInPod(await inside(cluster), tally, command),
        kubernetesWrites: lazyWriter(async () => kubernetesWriter(await inside(cluster), tally)),
      };
    },
    async close() {
      const cluster = await entered?.catch(() => undefined);
      await Promise.all(cluster?.unfinished ?? []);
      cluster?.connection.close();
    },
  };
}

/** Enters the cluster once for all collectors; a failure to do so is the failure of each. */
async function enter(options: CollectOptions, cluster: () => Promise<Slice<EksCluster>>, signal: AbortSignal): Promise<Cluster> {
  const described = await cluster();
  const access = await options.kubernetes(described);
  return { connection: connect(access), advice: accessAdvice(described, access.server), signal };
}

function lazyReader(reader: () => Promise<KubernetesReader>): KubernetesReader {
  return {
    list: async (list, map) => (await reader()).list(list, map),
    discovery: async () => (await reader()).discovery(),
    get: async (get) => (await reader()).get(get),
    text: async (get) => (await reader()).text(get),
  };
}

function lazyWriter(writer: () => Promise<KubernetesWriter>): KubernetesWriter {
  return {
    create: async (at, body) => (await writer()).create(at, body),
    remove: async (at, name) => (await writer()).remove(at, name),
    temporarily: async (at, body, use) => (await writer()).temporarily(at, body, use),
  };
}
