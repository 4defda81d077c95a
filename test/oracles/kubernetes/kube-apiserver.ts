import { goTool } from '../tools/go.ts';

const COMPONENT = 'k8s.io/component-base/version';

/** The path of a kube-apiserver of the version that go.mod pins. */
export function kubeApiServer(): Promise<string> {
  return goTool({
    tool: 'kube-apiserver',
    module: import.meta.dirname,
    versionOf: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    // Without its version it takes itself for v0.0.0 and serves the APIs of that emulated version.
    ldflags: (version) => {
      const [major, minor] = version.slice(1).split('.');
      const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
      return `-s -w ${Object.entries(values)
        .map(([name, value]) => `-X ${COMPONENT}.${name}=${value}`)
        .join(' ')}`;
    },
    notice: 'building it from the Go module proxy, which takes 5 to 10 minutes on two cores',
  });
}
