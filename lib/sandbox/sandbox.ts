import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { Accounts, type MemberAccount } from '#lib/sandbox/accounts.ts';
import { type AccountLow, AwsApi } from '#lib/sandbox/aws-api.ts';
import { makeCertificate } from '#lib/sandbox/certificate.ts';
import type { PublishedMetric } from '#lib/sandbox/cloudwatch.ts';
import type { KubernetesEntry } from '#lib/sandbox/eks.ts';
import { type Fault, Faults } from '#lib/sandbox/fault.ts';
import { kubernetesListeners } from '#lib/sandbox/kubernetes-api.ts';
import { LiveWorld } from '#lib/sandbox/live-world.ts';
import type { Pace } from '#lib/sandbox/pace.ts';
import { RequestLog, type Write } from '#lib/sandbox/request-log.ts';
import type { World } from '#lib/sandbox/world.ts';

export interface SandboxOptions {
  /** Of the AWS endpoint; a free one by default. */
  readonly port?: number;
  readonly now?: () => Date;
  /** Milliseconds of the sandbox's own time, by which pods start and updates end; those of this process by default. */
  readonly elapsed?: () => number;
  /** How long things take in that time. */
  readonly pace?: Partial<Pace>;
  /** API servers elsewhere that EKS names as the endpoints of clusters, by name. */
  readonly entries?: Readonly<Record<string, KubernetesEntry>>;
  /** Further accounts, each behind a role. They are one organization, which the account of the world manages. */
  readonly members?: readonly MemberAccount[];
}

export interface Sandbox {
  /** Of every AWS service. */
  readonly endpoint: string;
  /** What points the AWS SDK at the sandbox. */
  readonly environment: Readonly<Record<string, string>>;
  /** Requests so far, by `service:Operation` or `GET /path`. */
  calls(): Readonly<Record<string, number>>;
  /** The lowest level so far of every bucket of EC2 that was drawn on. */
  lows(): readonly AccountLow[];
  /** Writes that took effect, in order: of the account's EC2 and EKS, and of its clusters. */
  writes(): readonly Write[];
  /** What PutMetricData was given, in order. */
  metrics(): readonly PublishedMetric[];
  /** Makes answers go wrong; returns what lifts the fault. */
  inject(fault: Fault): () => void;
  close(): Promise<void>;
}

/**
 * Serves a world on loopback: AWS's APIs over HTTP, each cluster's API server over TLS below `/clusters/<name>`. Other accounts are
 * entered by AssumeRole.
 */
export async function startSandbox(
  world: World,
  {
    port = 0,
    now = () => new Date(),
    elapsed = () => performance.now(),
    pace = {},
    entries = {},
    members = [],
  }: SandboxOptions = {},
): Promise<Sandbox> {
  const log = new RequestLog();
  const faults = new Faults();
  const certificate = await makeCertificate(now());
  const certificateAuthorityData = Buffer.from(certificate.authority).toString('base64');
  const worlds = [world, ...members.flatMap((member) => member.worlds)];
  const apiServers = new Map<World, ApiServer>();
  const lives = new Map(worlds.map((each) => [each, new LiveWorld(each, { now, elapsed, pace })]));
  for (const [each, live] of lives) apiServers.set(each, await startApiServer({ live, log, faults, now }, certificate));
  const aws = new AwsApi({
    world,
    accounts: new Accounts(world, members, now),
    members,
    lives,
    log,
    faults,
    now,
    entry: (cluster, of) =>
      entries[cluster] ?? {
        endpoint: `https://127.0.0.1:${apiServers.get(of)?.port}/clusters/${cluster}`,
        certificateAuthorityData,
      },
  });
  const server = http.createServer((request, response) => void aws.handle(request, response));
  const endpoint = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
      AWS_SECRET_ACCESS_KEY: 'sandbox-secret-of-nobody',
      AWS_REGION: world.region,
    },
    calls: () => log.calls(),
    writes: () => log.writes(),
    lows: () => aws.lows(),
    metrics: () => aws.metrics,
    inject: (fault) => faults.inject(fault),
    close: async () => {
      await Promise.all([close(server), ...[...apiServers.values()].map((each) => each.close())]);
    },
  };
}

/** Of all clusters of a world. */
interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

async function startApiServer(
  parts: Parameters<typeof kubernetesListeners>[0],
  { certificate, key }: Awaited<ReturnType<typeof makeCertificate>>,
): Promise<ApiServer> {
  const { request, upgrade } = kubernetesListeners(parts);
  const server = https.createServer({ cert: certificate, key }, request).on('upgrade', upgrade);
  const upgraded = socketsOf(server);
  return {
    port: await listen(server, 0),
    close: async () => {
      for (const socket of upgraded) socket.destroy();
      await close(server);
    },
  };
}

/** The sockets that are HTTP's no more: `closeAllConnections` does not know them. */
function socketsOf(server: https.Server): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (_, socket: Duplex) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // Whoever was at the other end is gone: nobody is there to be told.
    socket.on('error', () => undefined);
  });
  return open;
}

function listen(server: http.Server | https.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: http.Server | https.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
