import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import { object, text } from '#lib/collect/kubernetes/json.ts';
import { servicesOf } from '#lib/collect/probes/canary-alone.ts';
import { followCanaryLog, followCanaryPod, stillRuns } from '#lib/collect/probes/canary-follow.ts';
import { readCanaryLog } from '#lib/collect/probes/canary-log.ts';
import { type CanaryPlan, zoneOf } from '#lib/collect/probes/canary-place.ts';
import {
  type CanaryRun,
  clientPod,
  type Placement,
  type Questions,
  serverPod,
  serverService,
} from '#lib/collect/probes/canary-pods.ts';
import { podsOf } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { CanaryPod, CanaryReading, CanaryReport } from '#lib/model/canary.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Node } from '#lib/model/kubernetes.ts';

/** Milliseconds that are kept for deleting what was made. */
const RESERVE = 10_000;

export interface CanaryStart {
  readonly run: CanaryRun;
  readonly plan: CanaryPlan;
  readonly questions: Omit<Questions, 'peers'>;
  readonly nodes: readonly Node[];
}

type Seen = Pick<CanaryReading, 'pods' | 'reports' | 'podToPod'>;

/**
 * Makes the server and its Service, then the clients, and deletes all of them whatever happens.
 * @throws ReadFailure where one cannot be made: nobody may, the namespace is not there, a quota or an admission policy refuses it
 */
export async function runCanary(sources: Sources, start: CanaryStart): Promise<Seen> {
  const { run, plan } = start;
  const { kubernetesWrites: writes } = sources;
  const { namespace } = run.settings;
  const { server } = plan;
  const timeout = budget(sources, run, server === undefined ? 1 : 2);
  if (server === undefined) return { ...(await runClients(sources, start, [], undefined)), podToPod: plan.podToPod };
  return writes.temporarily(servicesOf(namespace), serverService(run), (service) =>
    writes.temporarily(podsOf(namespace), serverPod(run, server), async (created) => {
      const pod = await follow(sources, start, { created, role: 'server', placement: server, timeout });
      const peers = pod.runningAt === undefined ? [] : peersOf(pod, service);
      const { nodeName: node, zone } = pod;
      const notOn = node === undefined ? undefined : { node, ...(zone === undefined ? {} : { zone }) };
      const { pods, reports } = await runClients(sources, start, peers, notOn);
      // What a server that ended in between did not answer says nothing of the network.
      const served = peers.length > 0 && (await stillRuns(sources, { namespace, name: pod.name }).catch(() => false));
      return { pods: [pod, ...pods], reports, podToPod: served ? 'tried' : 'no-server' };
    }),
  );
}

function peersOf({ podIps }: CanaryPod, service: JsonObject): readonly string[] {
  const clusterIp = text(object(service['spec'])['clusterIP']);
  const [podIp] = podIps;
  return [...(podIp ? [`pod=${podIp}`] : []), ...(clusterIp && clusterIp !== 'None' ? [`service=${clusterIp}`] : [])];
}

/** A share of what the run has left, so that what was seen is not lost by its deadline. Milliseconds. */
function budget({ remaining }: Sources, { settings }: CanaryRun, shares: number): number {
  const left = (remaining() - RESERVE) / shares;
  if (left > 0) return Math.min(left, 1_000 * settings.timeoutSeconds);
  throw new ReadFailure(
    'DeadlineExceeded',
    "The run has too little time left for canary pods: the cluster's objects took most of it.",
    'Raise collect.deadlineSeconds in cniwatch.yaml by twice canary.timeoutSeconds.',
  );
}

async function runClients(
  sources: Sources,
  start: CanaryStart,
  peers: readonly string[],
  notOn: Placement['notOn'],
): Promise<Pick<Seen, 'pods' | 'reports'>> {
  const timeout = budget(sources, start.run, 1);
  const clients = await Promise.all(start.plan.clients(notOn).map((at) => runClient(sources, start, { peers, at, timeout })));
  return { pods: clients.map(({ pod }) => pod), reports: clients.flatMap(({ report }) => report ?? []) };
}

async function runClient(
  sources: Sources,
  start: CanaryStart,
  { peers, at, timeout }: { readonly peers: readonly string[]; readonly at: Placement; readonly timeout: number },
): Promise<{ readonly pod: CanaryPod; readonly report?: CanaryReport }> {
  const { namespace } = start.run.settings;
  const body = clientPod(start.run, at, { ...start.questions, peers });
  return sources.kubernetesWrites.temporarily(podsOf(namespace), body, async (created) => {
    const began = performance.now();
    const pod = await follow(sources, start, { created, role: 'client', placement: at, timeout });
    if (pod.runningAt === undefined) return { pod };
    const left = Math.max(0, timeout - (performance.now() - began));
    return { pod, report: await reportOf(sources, { namespace, pod, timeout: left }) };
  });
}

async function follow(
  sources: Sources,
  { run, nodes }: CanaryStart,
  {
    created,
    role,
    placement,
    timeout,
  }: {
    readonly created: JsonObject;
    readonly role: CanaryPod['role'];
    readonly placement: Placement;
    readonly timeout: number;
  },
): Promise<CanaryPod> {
  const seen = await followCanaryPod(sources, { namespace: run.settings.namespace, created, timeout });
  const node = nodes.find(({ name }) => name === (seen.nodeName ?? placement.node));
  const zone = node && zoneOf(node);
  return { ...seen, role, ...(placement.node ? { pinnedTo: placement.node } : {}), ...(zone ? { zone } : {}) };
}

const NOTHING = {
  lookups: [],
  search: { name: 'kubernetes.default', attempts: [] },
  egress: [],
  peers: [],
  routes: {},
  complete: false,
} as const satisfies Partial<CanaryReport>;

async function reportOf(
  sources: Sources,
  { namespace, pod, timeout }: { readonly namespace: string; readonly pod: CanaryPod; readonly timeout: number },
): Promise<CanaryReport> {
  const { name, nodeName = '', zone } = pod;
  const of = { podName: name, nodeName, ...(zone ? { zone } : {}) };
  try {
    return { ...of, ...readCanaryLog(await followCanaryLog(sources, { namespace, name, timeout })) };
  } catch (error) {
    if (!(error instanceof ReadFailure) || sources.signal.aborted) throw error;
    return { ...of, ...structuredClone(NOTHING), unread: error.message };
  }
}
