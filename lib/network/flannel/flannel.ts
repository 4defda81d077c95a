import * as z from 'zod';
import { asClause } from '#lib/model/failure.ts';
import type { ConfigMap, DaemonSet, Node } from '#lib/model/kubernetes.ts';
import type { Slice } from '#lib/model/slice.ts';
import { type AddressRange, parseRange } from '#lib/network/address-range.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

/** What flannel runs with, key `net-conf.json`. Source: flannel Documentation/configuration.md and backends.md. */
const netConf = z
  .object({
    Network: z.string().optional(),
    IPv6Network: z.string().optional(),
    EnableIPv4: z.boolean().default(true),
    EnableIPv6: z.boolean().default(false),
    Backend: z
      .object({ Type: z.string().default('udp'), VNI: z.number().optional(), Port: z.number().optional() })
      .default({ Type: 'udp' }),
  })
  .transform(({ Network, IPv6Network, EnableIPv4, EnableIPv6, Backend }, context) => {
    const texts = [...(EnableIPv4 ? [Network ?? ''] : []), ...(EnableIPv6 ? [IPv6Network ?? ''] : [])];
    const networks = texts.flatMap((text): readonly AddressRange[] => {
      const range = parseRange(text);
      if (range !== undefined) return [range];
      context.addIssue({ code: 'custom', path: ['Network'], message: `"${text}" is no CIDR` });
      return [];
    });
    return { networks, backend: { type: Backend.Type.toLowerCase(), vni: Backend.VNI, port: Backend.Port } };
  });
export type FlannelConfig = z.output<typeof netConf>;

export interface Flannel {
  /** Nodes that its agent is placed on. */
  readonly nodes: readonly Node[];
  /** Or why it is not known. */
  readonly config: FlannelConfig | string;
  /** Nodes' subnets are their podCIDRs; else flannel keeps subnets of its own in an etcd. */
  readonly usesPodCidrs: boolean;
}

const PREFIX = 'flannel.alpha.coreos.com';

/** What flannel says of a node, key by key without its prefix, as `public-ip`. */
export function flannelAnnotation(node: Node, key: string): string | undefined {
  return node.annotations[`${PREFIX}/${key}`];
}

/** Undefined where no flannel runs; Canal's DaemonSet, with Calico's policies on top, is flannel too. */
export function findFlannel(
  daemonSets: readonly DaemonSet[],
  nodes: readonly Node[],
  configMaps: Slice<readonly ConfigMap[]>,
): Flannel | undefined {
  const daemonSet = daemonSets.find(({ desired, containers }) => desired > 0 && containers.some(isFlanneld));
  if (daemonSet === undefined) return undefined;
  const own = nodes.filter((node) => takesCniAgent(node) && schedulesOn(daemonSet, node));
  const told = daemonSet.containers.some(
    (container) => isFlanneld(container) && container.args.some((arg) => /^--?kube-subnet-mgr(=true)?$/.test(arg)),
  );
  return {
    nodes: own,
    config: flannelConfig(configMaps),
    usesPodCidrs: told || own.some((node) => flannelAnnotation(node, 'kube-subnet-manager') === 'true'),
  };
}

function isFlanneld({ name, init }: DaemonSet['containers'][number]): boolean {
  return name === 'kube-flannel' && !init;
}

function flannelConfig(configMaps: Slice<readonly ConfigMap[]>): FlannelConfig | string {
  const where = 'the ConfigMap kube-flannel-cfg';
  if (!configMaps.ok) return `${where} was not read: ${asClause(configMaps.reason)}`;
  const found = configMaps.data.find(({ name }) => name === 'kube-flannel-cfg');
  if (found?.unread !== undefined) return `${where} was not read: ${asClause(found.unread)}`;
  const text = found?.data?.['net-conf.json'];
  if (text === undefined) return `${where} is not beside the agent, or has no net-conf.json`;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return `net-conf.json of ${where} is not valid JSON: ${(error as Error).message}`;
  }
  const parsed = netConf.safeParse(document);
  const issue = parsed.error?.issues[0];
  return parsed.data ?? `net-conf.json of ${where}: ${issue?.path.join('.')}: ${issue?.message}`;
}
