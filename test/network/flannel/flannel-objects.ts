/** Flannel's objects for tests. */
import type { ConfigMap, DaemonSet } from '#lib/model/kubernetes.ts';
import { aDaemonSet } from '#test/scenarios/slices.ts';

export const flannelAgent = (
  args: readonly string[] = ['--ip-masq', '--kube-subnet-mgr'],
  over: Partial<DaemonSet> = {},
): DaemonSet =>
  aDaemonSet({
    namespace: 'kube-flannel',
    name: 'kube-flannel-ds',
    labels: { app: 'flannel' },
    selector: { matchLabels: { app: 'flannel' } },
    containers: [{ name: 'kube-flannel', image: 'flannel:v0.27.4', init: false, env: {}, args: [...args] }],
    ...over,
  });

export const NET_CONF = { Network: '10.244.0.0/16', Backend: { Type: 'vxlan' } };

export const flannelConfigMap = (netConf: unknown = NET_CONF): ConfigMap => ({
  namespace: 'kube-flannel',
  name: 'kube-flannel-cfg',
  data: { 'net-conf.json': typeof netConf === 'string' ? netConf : JSON.stringify(netConf) },
  omitted: [],
});
