import type { DaemonSet } from '#lib/model/kubernetes.ts';

export type CniKind = 'vpc-cni' | 'cilium' | 'calico' | 'flannel';

/** A CNI's DaemonSet, wherever it lives. */
export interface Cni {
  readonly kind: CniKind;
  readonly daemonSet: DaemonSet;
  /** The agent container's image tag, as written. */
  readonly version?: string;
}

/**
 * Agent container and labels of each CNI's DaemonSet. The namespace is free: operators move it.
 * Sources: amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml; Cilium, Calico (k8s-app) and flannel (app) install manifests.
 */
const AGENTS: readonly { kind: CniKind; container: string; label: readonly [string, string]; name: string }[] = [
  { kind: 'vpc-cni', container: 'aws-node', label: ['k8s-app', 'aws-node'], name: 'aws-node' },
  { kind: 'cilium', container: 'cilium-agent', label: ['k8s-app', 'cilium'], name: 'cilium' },
  { kind: 'calico', container: 'calico-node', label: ['k8s-app', 'calico-node'], name: 'calico-node' },
  { kind: 'flannel', container: 'kube-flannel', label: ['app', 'flannel'], name: 'kube-flannel-ds' },
];

/** Every CNI that runs here; several are legal where one chains on another. */
export function findCnis(daemonSets: readonly DaemonSet[]): readonly Cni[] {
  return daemonSets.flatMap((daemonSet) => {
    for (const agent of AGENTS) {
      const container = daemonSet.containers.find(({ name, init }) => !init && name === agent.container);
      const [key, value] = agent.label;
      if (
        container === undefined ||
        (daemonSet.labels[key] !== value && daemonSet.selector.matchLabels?.[key] !== value && daemonSet.name !== agent.name)
      )
        continue;
      const version = imageTag(container.image);
      return [{ kind: agent.kind, daemonSet, ...(version === undefined ? {} : { version }) }];
    }
    return [];
  });
}

/** The name of the container that is a CNI's agent. */
export function agentContainer(kind: CniKind): string {
  return AGENTS.find((agent) => agent.kind === kind)?.container ?? kind;
}

/** The tag of an image reference; a digest alone tells no version. */
export function imageTag(image: string): string | undefined {
  const name = image.split('@', 1)[0] ?? '';
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : undefined;
}

/**
 * Compares `v1.19.0-eksbuild.1` with `1.18.0` by major, minor and patch; build suffixes are ignored.
 * @returns undefined where `version` has no such numbers: the answer is then unknown, not false
 */
export function versionAtLeast(version: string | undefined, least: string): boolean | undefined {
  const have = version?.match(/^v?(\d+)\.(\d+)(?:\.(\d+))?/);
  if (!have) return undefined;
  const want = least.split('.').map(Number);
  for (let part = 0; part < 3; part++) {
    const difference = Number(have[part + 1] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
