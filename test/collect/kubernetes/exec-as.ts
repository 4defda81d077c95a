import type { KubernetesAccess } from '#lib/collect/kubernetes/access.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { execInPod, type PodCommand } from '#lib/collect/kubernetes/exec.ts';
import { startTally } from '#lib/collect/progress.ts';

/** What a command in a container comes to, its failure among it. */
export async function execAs(
  { server, ca, authorization }: { readonly server: string; readonly ca: string; readonly authorization: string },
  command: PodCommand,
): Promise<unknown> {
  const access: KubernetesAccess = { server, tls: { ca }, authorization: async () => authorization };
  const connection = connect(access);
  const cluster = { connection, advice: { unreachable: '', unauthorized: '' }, signal: new AbortController().signal };
  try {
    return await execInPod(
      cluster,
      startTally(() => undefined),
      command,
    );
  } catch (error) {
    return error;
  } finally {
    connection.close();
  }
}
