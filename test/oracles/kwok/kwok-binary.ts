import { goTool } from '../tools/go.ts';

/** The path of a kwok of the version that go.mod pins. */
export function kwok(): Promise<string> {
  return goTool({
    tool: 'kwok',
    module: import.meta.dirname,
    versionOf: 'sigs.k8s.io/kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    ldflags: (version) => `-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=${version}`,
    notice: 'building it from the Go module proxy, which takes 2 minutes on two cores',
  });
}
