import * as z from 'zod';

/** A name or an address as a node wrote it: short, and without control characters. */
const word = z.string().max(255);
/** Permission bits in octal, as `644`. */
const mode = z.string().regex(/^[0-7]{1,4}$/);

/** Bytes of one configuration file that a probe tells: those of CNIs have some two thousand. */
export const MOST_CONFIG_BYTES = 16_384;

/** A file in /etc/cni/net.d that the container runtime takes for a configuration. */
export const cniConfigFile = z.object({
  name: word,
  /** Absent where the file is a link to nowhere or out of the directory. */
  mode: mode.optional(),
  uid: z.number().optional(),
  /** Bytes. */
  size: z.number().optional(),
  /** The beginning, whole unless `size` is more; what looks like a secret is blotted out. */
  content: z.string().optional(),
  /**
   * Why there is no content. `refused`: reading failed. `dangling`: a link to nothing. `outside`: a link out of the directory, which
   * the probe cannot follow. `special`: no regular file. `omitted`: too many files stand before it.
   */
  unread: z.enum(['refused', 'dangling', 'outside', 'special', 'omitted']).optional(),
});
export type CniConfigFile = Readonly<z.infer<typeof cniConfigFile>>;

/** What a probe found on its node. */
export const probedNode = z.object({
  /** In the order of the shell, which is nobody's. */
  configFiles: z.array(cniConfigFile),
  /** Names of directories in /etc/cni/net.d. */
  directories: z.array(word),
  /** Of /opt/cni/bin; without `mode` where it is a link that leads out of it. */
  binaries: z.array(z.object({ name: word, mode: mode.optional() })),
  /** Kubeconfigs in or one below /etc/cni/net.d, by their path from there: the `server` of each cluster in it, and nothing else. */
  kubeconfigs: z.array(z.object({ path: word, servers: z.array(word), unread: z.literal(true).optional() })),
  /** Type of the file system at /sys/fs/bpf: `bpf` where it is mounted, `sysfs` where not. */
  bpfFileSystem: word.optional(),
  /** IPv4, of the main table, but for those of single addresses. */
  routes: z.array(z.object({ cidr: word, gateway: word.optional(), device: word })),
  /** Devices of default routes of IPv6. */
  defaultRoutesV6: z.array(word),
  /** Of overlays alone. */
  links: z.array(z.object({ name: word, up: z.boolean(), mac: word.optional() })),
  /** Of flannel's links: which address is whose MAC. */
  neighbours: z.array(z.object({ address: word, mac: word, device: word })),
  /** Of flannel's links: where frames to a MAC go. Absent where the image has no `bridge`. */
  forwarding: z.array(z.object({ mac: word, destination: word, device: word })).optional(),
  /** Lists of which the probe told only the beginning. */
  cut: z.array(word),
});
export type ProbedNode = Readonly<z.infer<typeof probedNode>>;

/** One node that a probe was sent to. */
export const nodeProbe = z.object({
  nodeName: z.string(),
  found: probedNode.optional(),
  /** Why nothing was found: a sentence. */
  unread: z.string().optional(),
});
export type NodeProbe = Readonly<z.infer<typeof nodeProbe>>;
