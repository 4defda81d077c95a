/**
 * The cluster of the bench, served on loopback by a process of its own; with `--api-server`, its Kubernetes side by a real
 * kube-apiserver and etcd (built by `npm run test:servers`). Prints what leads to it as one line of JSON, and serves until its
 * standard input ends.
 */

import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';
import { BENCH_WORLD } from '#test/bench/world.ts';
import { apply, defineKinds, type KubernetesObject } from '#test/oracles/kubernetes/apply.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '#test/oracles/kubernetes/server.ts';

const kinds = BENCH_WORLD.clusters[0]?.kubernetes ?? [];

async function startApiServer(): Promise<KubeApiServer> {
  const server = await startKubeApiServer({ cluster: 'bench', identities: [], serviceCidr: '10.100.0.0/16' });
  const custom = kinds.filter(({ apiVersion }) => /aws/.test(apiVersion));
  await defineKinds(
    server.admin,
    custom.map(({ apiVersion, kind, plural, namespaced }) => {
      const [group = '', version = ''] = apiVersion.split('/');
      return { group, version, kind, plural, namespaced };
    }),
  );
  await apply(server.admin, [
    ...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes),
    ...kinds.flatMap(({ items }) => items),
  ] as KubernetesObject[]);
  return server;
}

const apiServer = process.argv.includes('--api-server') ? await startApiServer() : undefined;
const sandbox = await startSandbox(BENCH_WORLD);
console.log(
  JSON.stringify({
    environment: sandbox.environment,
    kubeconfig: apiServer?.kubeconfig,
    nodes: BENCH_WORLD.instances.length,
    pods: kinds.find(({ plural }) => plural === 'pods')?.items.length,
    enis: BENCH_WORLD.networkInterfaces.length,
  }),
);
process.stdin.resume();
process.stdin.on('end', async () => {
  await sandbox.close();
  await apiServer?.stop();
});
