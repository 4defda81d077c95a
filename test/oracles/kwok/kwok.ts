import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeApiServer } from '../kubernetes/server.ts';
import { freePorts, startServer } from '../tools/server-process.ts';
import { kwok } from './kwok-binary.ts';

/** What kwok's kubelet answers for the log of a pod's containers; for all pods of the namespace where none is named. */
export interface PodLog {
  readonly namespace: string;
  readonly pod?: string;
  readonly text: string;
}

export interface PodCommands {
  /** By name, the shell scripts that can be run in a pod, and nothing else can. They run on this machine: keep them harmless. */
  readonly commands: Readonly<Record<string, string>>;
  /** The containers in which, with what the scripts are told of them. */
  readonly pods: readonly {
    readonly namespace: string;
    readonly pod: string;
    readonly container: string;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

export interface KwokOptions {
  /** Stages beside those of stages.yaml, YAML or JSON; by a weight above 0 they win over these. */
  readonly stages?: readonly string[];
  readonly logs?: readonly PodLog[];
  readonly exec?: PodCommands;
}

export interface Kwok {
  /** What it printed last. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Stands in for the kubelet of every node of a real API server: makes nodes ready and pods run, or what their annotation
 * `cniwatch.test/fate` says (`no-sandbox`, `crash-loop`, `out-of-memory`), and answers for logs and exec. There is no scheduler:
 * a pod needs its `nodeName`.
 */
export async function startKwok(api: KubeApiServer, { stages = [], logs = [], exec }: KwokOptions = {}): Promise<Kwok> {
  const binary = await kwok();
  const folder = await mkdtemp(join(tmpdir(), 'cniwatch-kwok-'));
  const commands = join(folder, 'commands');
  const [port = 0] = await freePorts(1);
  await mkdir(commands);
  for (const [name, script] of Object.entries(exec?.commands ?? {}))
    await writeFile(join(commands, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await writeFile(join(folder, 'tls.crt'), api.certificate.cert);
  await writeFile(join(folder, 'tls.key'), api.certificate.key, { mode: 0o600 });
  await writeFile(join(folder, 'kubeconfig'), adminKubeconfig(api), { mode: 0o600 });
  const own = await readFile(join(import.meta.dirname, 'stages.yaml'), 'utf8');
  const answers = [...(await logObjects(folder, logs)), ...execObjects(exec)].map((object) => JSON.stringify(object));
  await writeFile(join(folder, 'kwok.yaml'), [own, ...stages, ...answers].join('\n---\n'));
  const flags = {
    kubeconfig: join(folder, 'kubeconfig'),
    config: join(folder, 'kwok.yaml'),
    'manage-all-nodes': 'true',
    'node-ip': '127.0.0.1',
    'node-port': port,
    'server-address': `127.0.0.1:${port}`,
    'tls-cert-file': join(folder, 'tls.crt'),
    'tls-private-key-file': join(folder, 'tls.key'),
    'node-lease-duration-seconds': 0,
  };
  try {
    const server = await startServer({
      name: 'kwok',
      // Its PATH is where it looks for a command to run in a pod.
      command: 'env',
      args: [
        `PATH=${commands}`,
        `KWOK_WORKDIR=${folder}`,
        binary,
        ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
      ],
      ready: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
    });
    return {
      log: server.log,
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function adminKubeconfig({ server, certificate, adminToken }: KubeApiServer): string {
  const cluster = { server, 'certificate-authority-data': Buffer.from(certificate.cert).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'api', cluster }],
    users: [{ name: 'admin', user: { token: adminToken } }],
    contexts: [{ name: 'api', context: { cluster: 'api', user: 'admin' } }],
    'current-context': 'api',
  });
}

const APIVERSION = 'kwok.x-k8s.io/v1alpha1';

/** Source: kwok documentation, "Logs Configuration". */
function logObjects(folder: string, logs: readonly PodLog[]): Promise<object[]> {
  return Promise.all(
    logs.map(async ({ namespace, pod, text }, index) => {
      const logsFile = join(folder, `${index}.log`);
      await writeFile(logsFile, runtimeLog(text));
      const spec = { logs: [{ logsFile }] };
      if (pod !== undefined) return { apiVersion: APIVERSION, kind: 'Logs', metadata: { namespace, name: pod }, spec };
      const selector = { matchNamespaces: [namespace] };
      return { apiVersion: APIVERSION, kind: 'ClusterLogs', metadata: { name: `log-${index}` }, spec: { selector, ...spec } };
    }),
  );
}

/**
 * Lines as a container runtime writes them: a last one without its end is partial.
 * Source: Kubernetes design proposal "CRI: Dockershim and remote runtimes container logs" (F is a full line, P a part of one).
 */
function runtimeLog(text: string): string {
  const lines = text.split('\n');
  const at = new Date().toISOString();
  return lines
    .map((line, index) => (index < lines.length - 1 ? `${at} stdout F ${line}\n` : line && `${at} stdout P ${line}\n`))
    .join('');
}

/** Source: kwok documentation, "Exec Configuration". */
function execObjects(exec: PodCommands | undefined): object[] {
  return (exec?.pods ?? []).map(({ namespace, pod, container, env = {} }) => {
    const envs = Object.entries(env).map(([name, value]) => ({ name, value }));
    const execs = [{ containers: [container], local: { envs } }];
    return { apiVersion: APIVERSION, kind: 'Exec', metadata: { namespace, name: pod }, spec: { execs } };
  });
}
