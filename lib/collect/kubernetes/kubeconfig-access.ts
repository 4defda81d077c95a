import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import * as path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { present } from '#lib/collect/aws/fields.ts';
import type { KubernetesAccess } from '#lib/collect/kubernetes/access.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** The parts of Node's HTTPS options that KubeConfig fills in. */
type FilledOptions = RequestOptions & {
  headers?: Record<string, string>;
  auth?: string;
};

/**
 * Enters a cluster by a kubeconfig: client certificates, tokens, and exec credential plugins.
 * `path` defaults to $KUBECONFIG, then ~/.kube/config, as kubectl does; `context` to the current one.
 */
export function kubeconfigAccess(options: { path?: string; context?: string } = {}): () => Promise<KubernetesAccess> {
  return async () => {
    const files = kubeconfigFiles(options.path);
    const config = await load(files);
    const context = options.context ?? config.getCurrentContext();
    config.setCurrentContext(context);
    const cluster = config.getCurrentCluster();
    if (!config.getContextObject(context)) throw unknownContext(context, config, files);
    if (!cluster?.server || !URL.canParse(cluster.server)) {
      throw failed(`context ${context} of ${files.join(', ')} leads to no cluster with a server URL`, 'Correct the kubeconfig.');
    }
    const { ca, cert, key, servername, rejectUnauthorized, agent } = await filled(config, context);
    return {
      server: cluster.server,
      tls: present({ ca, cert, key, servername, rejectUnauthorized }) as KubernetesAccess['tls'],
      // KubeConfig knows the proxies, of HTTP and of SOCKS.
      ...(cluster.proxyUrl && agent instanceof Agent ? { agent } : {}),
      // Asked each time: an exec plugin's token expires, and KubeConfig keeps it as long as it lasts.
      authorization: async () => authorizationOf(await filled(config, context)),
    };
  };
}

function kubeconfigFiles(given: string | undefined): string[] {
  const listed = given === undefined ? (process.env['KUBECONFIG'] ?? '').split(path.delimiter).filter(Boolean) : [given];
  return listed.length > 0 ? listed : [path.join(homedir(), '.kube', 'config')];
}

/** Files merge as with kubectl: the first that names a thing wins. */
async function load(files: readonly string[]): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const merged = new KubeConfig();
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code})`;
      throw failed(
        `the kubeconfig ${file} ${why}`,
        'Give another one by --kubeconfig, or write it: aws eks update-kubeconfig --name <cluster>.',
      );
    });
    const config = new KubeConfig();
    try {
      config.loadFromString(text);
      config.makePathsAbsolute(path.dirname(path.resolve(file)));
    } catch (error) {
      throw failed(
        `the kubeconfig ${file} is not one: ${firstLine(error)}`,
        'Correct it, or write it anew: aws eks update-kubeconfig --name <cluster>.',
      );
    }
    merge(merged, config);
  }
  return merged;
}

function merge(into: KubeConfig, from: KubeConfig): void {
  const add = <T extends { name: string }>(known: T[], more: T[] = []) => [
    ...known,
    ...more.filter(({ name }) => !known.some((other) => other.name === name)),
  ];
  into.loadFromOptions({
    clusters: add(into.clusters, from.clusters).map(withPlainHttp),
    users: add(into.users, from.users),
    contexts: add(into.contexts, from.contexts),
    currentContext: into.currentContext || from.currentContext,
  });
}

/** KubeConfig refuses plain HTTP, as to `kubectl proxy`, unless it is told not to verify what is not there. */
function withPlainHttp<T extends { server: string; skipTLSVerify: boolean }>(cluster: T): T {
  return cluster.server?.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster;
}

async function filled(config: KubeConfig, context: string): Promise<FilledOptions> {
  const options: FilledOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const remedy = 'Run the command of that user by hand (users[].user.exec in the kubeconfig) and see what it says.';
    throw new ReadFailure(
      'NoCredentials',
      `The kubeconfig gave no credentials for context ${context}: ${firstLine(error)}.`,
      remedy,
    );
  }
  return options;
}

function authorizationOf({ headers, auth }: FilledOptions): string | undefined {
  return headers?.['Authorization'] ?? (auth === undefined ? undefined : `Basic ${Buffer.from(auth).toString('base64')}`);
}

function unknownContext(context: string, config: KubeConfig, files: readonly string[]): ReadFailure {
  const names = config.getContexts().map(({ name }) => name);
  const there = names.length > 0 ? `its contexts are ${names.join(', ')}` : 'it has no contexts';
  return failed(
    `the kubeconfig ${files.join(', ')} has no context "${context}": ${there}`,
    'Name one of its contexts by --context.',
  );
}

function failed(what: string, remedy: string): ReadFailure {
  return new ReadFailure('InputMissing', `Kubernetes was not asked: ${what}.`, remedy);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split('\n', 1)[0] ?? '').slice(0, 300).replace(/\.$/, '');
}
