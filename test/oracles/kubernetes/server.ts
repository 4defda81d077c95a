import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etcd } from '../etcd/etcd.ts';
import { freePorts, type ServerProcess, startServer } from '../tools/server-process.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { loopbackCertificate, serviceAccountKey } from './certificate.ts';
import { type EksIdentity, startAuthenticator } from './eks-authenticator.ts';
import { kubeApiServer } from './kube-apiserver.ts';

export interface KubeApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Of a member of system:masters. */
  readonly adminToken: string;
  readonly admin: ApiClient;
  /** A kubeconfig whose user is a member of `VIEWERS`, which may do what a ClusterRole bound to it allows. */
  readonly kubeconfig: string;
  /** Why the webhook refused tokens, oldest first. */
  readonly refusals: readonly string[];
  /** Drops every revision before now from the store: a continue token issued earlier has expired. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

export interface KubeApiServerOptions {
  /** The EKS name that a token must be signed for. */
  readonly cluster: string;
  readonly identities: readonly EksIdentity[];
  /** Where Services get their addresses. */
  readonly serviceCidr?: string;
}

/** The group of whoever reads with this project's ClusterRole. */
export const VIEWERS = 'cniwatch-viewers';

/** Starts etcd, the webhook that knows EKS's tokens, and the API server, all on the loopback address. */
export async function startKubeApiServer(options: KubeApiServerOptions): Promise<KubeApiServer> {
  const { cluster, identities, serviceCidr = '172.20.0.0/16' } = options;
  const [etcdBinary, apiServerBinary] = [await etcd(), await kubeApiServer()];
  const folder = await mkdtemp(join(tmpdir(), 'cniwatch-kube-apiserver-'));
  const certificate = await loopbackCertificate();
  const webhook = await startAuthenticator(cluster, identities);
  const [etcdPort = 0, peerPort = 0, port = 0] = await freePorts(3);
  const store = `http://127.0.0.1:${etcdPort}`;
  const server = `https://127.0.0.1:${port}`;
  const adminToken = randomBytes(16).toString('hex');
  const viewerToken = randomBytes(16).toString('hex');
  const admin = apiClient({ server, ca: certificate.cert, token: adminToken });
  const kubeconfig = join(folder, 'kubeconfig');

  const started: ServerProcess[] = [];
  const stop = async () => {
    for (const one of started.toReversed()) await one.stop();
    await webhook.stop();
    admin.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(join(folder, 'tls.crt'), certificate.cert);
    await writeFile(join(folder, 'tls.key'), certificate.key, { mode: 0o600 });
    await writeFile(join(folder, 'service-accounts.key'), serviceAccountKey(), { mode: 0o600 });
    const tokens = [`${adminToken},admin,admin,system:masters`, `${viewerToken},viewer,viewer,${VIEWERS}`];
    await writeFile(join(folder, 'tokens.csv'), `${tokens.join('\n')}\n`, { mode: 0o600 });
    await writeFile(join(folder, 'webhook.json'), kubeconfigText({ server: webhook.url }, {}));
    const trust = Buffer.from(certificate.cert).toString('base64');
    await writeFile(kubeconfig, kubeconfigText({ server, 'certificate-authority-data': trust }, { token: viewerToken }));

    started.push(
      await startServer({
        name: 'etcd',
        command: etcdBinary,
        args: etcdFlags(folder, store, `http://127.0.0.1:${peerPort}`),
        ready: async () => (await fetch(`${store}/health`)).ok,
      }),
    );
    started.push(
      await startServer({
        name: 'kube-apiserver',
        command: apiServerBinary,
        args: apiServerFlags({ folder, store, server, serviceCidr }),
        ready: async () => (await admin.request('GET', '/readyz')).status === 200,
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    server,
    certificate,
    adminToken,
    admin,
    kubeconfig,
    refusals: webhook.refusals,
    compact: () => compact(store),
    stop,
  };
}

/** A kubeconfig in JSON, which is YAML too. */
function kubeconfigText(cluster: Readonly<Record<string, string>>, user: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'oracle', cluster }],
    users: [{ name: 'oracle', user }],
    contexts: [{ name: 'oracle', context: { cluster: 'oracle', user: 'oracle' } }],
    'current-context': 'oracle',
  });
}

function etcdFlags(folder: string, client: string, peer: string): readonly string[] {
  const flags = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'log-level': 'warn',
  };
  return [...Object.entries(flags).map(([name, value]) => `--${name}=${value}`), '--unsafe-no-fsync'];
}

interface ApiServerPlace {
  readonly folder: string;
  readonly store: string;
  readonly server: string;
  readonly serviceCidr: string;
}

/** Source: Kubernetes documentation, "kube-apiserver" (command line reference). */
function apiServerFlags({ folder, store, server, serviceCidr }: ApiServerPlace): readonly string[] {
  const flags = {
    'etcd-servers': store,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': new URL(server).port,
    // It registers its own address as the endpoint of the kubernetes Service, where a loopback address is refused.
    'endpoint-reconciler-type': 'none',
    'service-cluster-ip-range': serviceCidr,
    'allow-privileged': 'true',
    // Where kwok stands in for the kubelets: on the loopback address, under the API server's own certificate.
    'kubelet-preferred-address-types': 'ExternalIP',
    'kubelet-certificate-authority': join(folder, 'tls.crt'),
    'tls-cert-file': join(folder, 'tls.crt'),
    'tls-private-key-file': join(folder, 'tls.key'),
    'service-account-key-file': join(folder, 'service-accounts.key'),
    'service-account-signing-key-file': join(folder, 'service-accounts.key'),
    'service-account-issuer': server,
    'authorization-mode': 'RBAC',
    'token-auth-file': join(folder, 'tokens.csv'),
    'authentication-token-webhook-config-file': join(folder, 'webhook.json'),
    'authentication-token-webhook-version': 'v1',
    'authentication-token-webhook-cache-ttl': '0s',
    // No controller makes service accounts or clears the taint of a node that is not ready, and the fleet is of a version
    // that does not yet copy a node's zone to its pods' labels.
    'disable-admission-plugins': 'ServiceAccount,TaintNodesByCondition,PodTopologyLabels',
    'event-ttl': '24h',
    profiling: 'false',
    // With it, pages come from snapshots that the server keeps in memory, and a compaction of the store expires no continue token.
    'feature-gates': 'ListFromCacheSnapshot=false',
  };
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/** Source: etcd documentation, "gRPC gateway": keys are base64, and `AA==` is the byte 0. */
async function compact(store: string): Promise<void> {
  const call = async (path: string, body: unknown) => {
    const response = await fetch(`${store}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { header: { revision: string } };
  };
  const { header } = await call('range', { key: 'AA==', limit: '1' });
  await call('compaction', { revision: header.revision, physical: true });
}
