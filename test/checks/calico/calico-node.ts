import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { aDaemonSet } from '#test/scenarios/slices.ts';

/** calico-node as its manifest has it, with these environment variables on top. */
export function calicoNode(over: Partial<DaemonSet> = {}, env: Readonly<Record<string, string>> = {}): DaemonSet {
  return aDaemonSet({
    name: 'calico-node',
    labels: { 'k8s-app': 'calico-node' },
    selector: { matchLabels: { 'k8s-app': 'calico-node' } },
    containers: [{ name: 'calico-node', image: 'calico/node:v3.31.2', init: false, env, args: [] }],
    ...over,
  });
}
