import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AwsApi } from '#lib/sandbox/aws-api.ts';
import { makeCertificate } from '#lib/sandbox/certificate.ts';
import type { PublishedMetric } from '#lib/sandbox/cloudwatch.ts';
import type { KubernetesEntry } from '#lib/sandbox/eks.ts';
import { type Fault, Faults } from '#lib/sandbox/fault.ts';
import { kubernetesListeners } from '#lib/sandbox/kubernetes-api.ts';
import { RequestLog } from '#lib/sandbox/request-log.ts';
import type { World } from '#lib/sandbox/world.ts';

export interface SandboxOptions {
  /** Of the AWS endpoint; a free one by default. */
  readonly port?: number;
  readonly now?: () => Date;
  /** API servers elsewhere that EKS names as the endpoints of clusters, by name. */
  readonly entries?: Readonly<Record<string, KubernetesEntry>>;
}

export interface Sandbox {
  /** Of every AWS service. */
  readonly endpoint: string;
  /** What points the AWS SDK at the sandbox. */
  readonly environment: Readonly<Record<string, string>>;
  /** Requests so far, by `service:Operation` or `GET /path`. */
  calls(): Readonly<Record<string, number>>;
  /** What PutMetricData was given, in order. */
  metrics(): readonly PublishedMetric[];
  /** Makes answers go wrong; returns what lifts the fault. */
  inject(fault: Fault): () => void;
  close(): Promise<void>;
}

/** Serves a world on loopback: AWS's APIs over HTTP, each cluster's API server over TLS below `/clusters/<name>`. */
export async function startSandbox(
  world: World,
  { port = 0, now = () => new Date(), entries = {} }: SandboxOptions = {},
): Promise<Sandbox> {
  const log = new RequestLog();
  const faults = new Faults();
  const certificate = await makeCertificate(now());
  const { request, upgrade } = kubernetesListeners({ world, log, faults, now });
  const kubernetes = https.createServer({ cert: certificate.certificate, key: certificate.key }, request).on('upgrade', upgrade);
  const upgraded = socketsOf(kubernetes);
  const kubernetesPort = await listen(kubernetes, 0);
  const aws = new AwsApi({
    world,
    log,
    faults,
    now,
    entry: (cluster) =>
      entries[cluster] ?? {
        endpoint: `https://127.0.0.1:${kubernetesPort}/clusters/${cluster}`,
        certificateAuthorityData: Buffer.from(certificate.authority).toString('base64'),
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
    metrics: () => aws.metrics,
    inject: (fault) => faults.inject(fault),
    close: async () => {
      for (const socket of upgraded) socket.destroy();
      await Promise.all([close(server), close(kubernetes)]);
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
