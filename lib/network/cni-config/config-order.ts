import type { CniConfigFile } from '#lib/model/node-probe.ts';

/** What the container runtime takes for a configuration. Source: containerd/go-cni opts.go, loadFromConfDir. */
const EXTENSIONS = /\.(?:conf|conflist|json)$/;

/**
 * The files that the container runtime considers, in its order: by the bytes of their names, so that `05-cilium.conflist` comes before
 * `10-aws.conflist`, and `10-x.conf` before `10-x.conflist`. It takes the first, and never looks at another, even where the first is broken.
 * Sources: containerd/go-cni opts.go, loadFromConfDir (sort.Strings; one configuration by default); containerd docs/cri/config.md (max_conf_num).
 */
export function configOrder(files: readonly CniConfigFile[]): readonly CniConfigFile[] {
  return files
    .filter(({ name }) => EXTENSIONS.test(name))
    .map((file) => ({ file, bytes: Buffer.from(file.name) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file);
}
