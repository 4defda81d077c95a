import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { NOT_SERVED, notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { KubernetesStore } from '#lib/sandbox/kubernetes-store.ts';
import type { Execution, JsonObject, WorldCluster } from '#lib/sandbox/world.ts';

/** What becomes of a command once its socket is open. */
export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
  /** The metav1.Status that ends it. */
  readonly status: JsonObject;
}

/** Answers an exec: refused before a socket opens, or with what its container does. The words are a real API server's. */
export function answerExec(
  cluster: WorldCluster,
  store: KubernetesStore,
  { path, parameters }: { readonly path: string; readonly parameters: URLSearchParams },
): Answer | Executed {
  const [, namespace = '', name = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(path) ?? [];
  if (name === '') return NOT_SERVED;
  if (cluster.forbidden?.includes('pods/exec')) {
    const denied = `User "cniwatch" cannot create resource "pods/exec" in API group "" in the namespace "${namespace}"`;
    return status(403, 'Forbidden', `pods "${name}" is forbidden: ${denied}`);
  }
  const pods = store.find({ apiVersion: 'v1', plural: 'pods' })?.items ?? [];
  const pod = pods.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (pod === undefined) return notFound('pods', name);
  const container = parameters.get('container') ?? '';
  if (!containersOf(pod).includes(container))
    return status(400, 'BadRequest', `container ${container} is not valid for pod ${name}`);
  const command = parameters.getAll('command').join(' ');
  const key = `${namespace}/${name}: ${command}`;
  if (!isRunning(pod, container)) return broken(`unable to upgrade connection: container not found ("${container}")`);
  const executions = cluster.executed ?? {};
  const execution = Object.hasOwn(executions, key) ? executions[key] : undefined;
  return execution === undefined ? notInPath(command) : executed(execution);
}

function containersOf(pod: JsonObject): readonly string[] {
  const { containers } = pod['spec'] as { readonly containers: readonly { readonly name: string }[] };
  return containers.map(({ name }) => name);
}

function isRunning(pod: JsonObject, container: string): boolean {
  const { containerStatuses = [] } = (pod['status'] ?? {}) as {
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: JsonObject }[];
  };
  return containerStatuses.some(({ name, state }) => name === container && state?.['running'] !== undefined);
}

function executed({ stdout = '', stderr = '', exitCode = 0 }: Execution): Executed {
  if (exitCode === 0) return { stdout, stderr, status: { metadata: {}, status: 'Success' } };
  return {
    stdout,
    stderr,
    status: {
      metadata: {},
      status: 'Failure',
      message: `command terminated with non-zero exit code: exit status ${exitCode}`,
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
    },
  };
}

function broken(said: string): Executed {
  const message = `Internal error occurred: ${said}`;
  return { stdout: '', stderr: '', status: { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 } };
}

function notInPath(command: string): Executed {
  const program = command.split(' ', 1)[0];
  return broken(
    `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`,
  );
}
