/** Situations of what is on nodes, as pods that look at them find it: one function each. The second of four nodes is the one. */
import { AWS_BINARIES, AWS_CONFLIST, nodeProbeReaction } from '#lib/sandbox/builder/node-files.ts';
import type { ClusterSpec, NodeFilesSpec } from '#lib/sandbox/builder/spec.ts';
import type { KubernetesObject, World } from '#lib/sandbox/world.ts';
import { calico } from './calico.ts';
import { eniMode } from './cilium.ts';
import { withCluster, withObjects } from './cni.ts';
import { flannel } from './flannel.ts';
import { shop } from './shop.ts';

const onOneNode = (files: NodeFilesSpec, cluster: Partial<ClusterSpec> = {}) =>
  shop({ cluster: { nodeFiles: { 1: files }, ...cluster } });

export const asWritten = () => shop({ cluster: { nodeFiles: {} } });
export const windowsLines = () => onOneNode({ config: { '10-aws.conflist': AWS_CONFLIST.replaceAll('\n', '\r\n') } });
export const missingBinary = () => onOneNode({ binaries: AWS_BINARIES.filter((name) => name !== 'aws-cni') });
export const invalidJson = () => onOneNode({ config: { '10-aws.conflist': AWS_CONFLIST.replace('"cniVersion"', 'cniVersion') } });
export const noConfig = () => onOneNode({ config: {} });
/** The kubelet says that the network is gone. */
export const unreadable = () =>
  onOneNode(
    { config: { '10-aws.conflist': { mode: '0', unread: 'refused' } } },
    {
      nodeTroubles: [
        {
          node: 1,
          condition: {
            type: 'Ready',
            status: 'False',
            reason: 'KubeletNotReady',
            message:
              'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
          },
        },
      ],
    },
  );
export const twoConfigs = () => onOneNode({ config: { '10-aws.conflist': AWS_CONFLIST, '87-podman.conflist': ONE_BRIDGE } });
export const leftByCilium = () =>
  onOneNode({
    config: { '05-cilium.conflist': '{"name":"cilium","plugins":[{"type":"cilium-cni"}]}', '10-aws.conflist': AWS_CONFLIST },
    binaries: [...AWS_BINARIES, 'cilium-cni'],
  });
export const noRoute = () => onOneNode({ defaultRoute: false });
export const policiesWithoutBpf = () => onOneNode({ bpf: false }, { enforcesNetworkPolicies: true });
export const noRoom = () => onOneNode({ podStatus: { phase: 'Failed', reason: 'OutOfpods' } });
export const forged = () => onOneNode({ overlay: ['end', 'config x'] });

const ONE_BRIDGE = '{"name":"podman","plugins":[{"type":"bridge"}]}';

/** A world whose nodes all have these files, and the namespace in which pods may look at them. */
export const probed = (world: World, files: NodeFilesSpec): World => probedEach(world, () => files);

function probedEach(world: World, filesOf: (at: number) => NodeFilesSpec): World {
  const namespace: KubernetesObject = { metadata: { name: 'cniwatch-probes' } };
  const served = withObjects(world, 'namespaces', (items) => [...items, namespace]);
  return withCluster(served, ({ reactions = [], kubernetes }) => {
    const nodes = kubernetes.find(({ plural }) => plural === 'nodes')?.items ?? [];
    return { reactions: [...reactions, ...nodes.map(({ metadata }, at) => nodeProbeReaction(filesOf(at), metadata.name))] };
  });
}

/** flannel's nodes, each with the way to the others; the second does not know the one to `lost`. */
export const flannelWays = (lost?: number, world = flannel()) =>
  probedEach(world, (at) => {
    const others = [0, 1, 2, 3].filter((other) => other !== at && !(at === 1 && other === lost));
    return {
      config: { '10-flannel.conflist': '{"name":"cbr0","plugins":[{"type":"flannel"},{"type":"portmap"}]}' },
      binaries: ['flannel', 'bridge', 'host-local', 'portmap', 'loopback'],
      overlay: [
        `link flannel.1 0x1003 aa:bb:cc:00:00:0${at}`,
        ...others.flatMap((other) => [
          `route flannel.1 000${other}F40A 000${other}F40A 0003 00FFFFFF`,
          `neighbour flannel.1 10.244.${other}.0 aa:bb:cc:00:00:0${other}`,
        ]),
      ],
    };
  });

const CALICO_CONFIG = JSON.stringify({
  name: 'k8s-pod-network',
  cniVersion: '1.0.0',
  plugins: [{ type: 'calico', ipam: { type: 'calico-ipam' }, kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' } }],
});

/** Calico's plugin asks the API server at this address. */
export const calicoAsks = (server: string, world = calico({ blocks: [1] })) =>
  probed(world, {
    config: { '10-calico.conflist': CALICO_CONFIG },
    binaries: ['calico', 'calico-ipam', 'loopback'],
    kubeconfigs: { 'calico-kubeconfig': server },
  });

/** Cilium connects pods, and what it keeps its maps in is not mounted, or is. */
export const underCilium = (bpf: boolean, world = eniMode(20, 12)) =>
  probed(world, {
    config: { '05-cilium.conflist': '{"name":"cilium","cniVersion":"0.3.1","plugins":[{"type":"cilium-cni"}]}' },
    binaries: ['cilium-cni', 'loopback'],
    bpf,
  });
