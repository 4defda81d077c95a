import * as z from 'zod';
import type { Node } from '#lib/model/kubernetes.ts';
import { type FlannelConfig, flannelAnnotation } from '#lib/network/flannel/flannel.ts';

/** What the agent of a node tells the others of it, by annotations of the node. Source: flannel pkg/subnet/kube/annotations.go. */
export interface NodeBackend {
  readonly node: Node;
  readonly type: string | undefined;
  readonly publicIp: string | undefined;
  readonly vni: number | undefined;
  /** MAC of its VXLAN link, as it tells it. */
  readonly vtepMac: string | undefined;
  /** What is wrong with them: other nodes do not reach this node's pods. */
  readonly problems: readonly string[];
  /** What could not be understood. */
  readonly doubts: readonly string[];
}

const backendData = z.object({ VNI: z.number().int().optional(), VtepMAC: z.string().optional() });

/** @param config undefined where it is not known: nodes are then compared with one another alone */
export function nodeBackends(nodes: readonly Node[], config: FlannelConfig | undefined): readonly NodeBackend[] {
  const told = nodes.map((node) => toldBy(node));
  const expected = config?.backend.type ?? mostCommon(told.flatMap(({ type }) => type ?? []));
  const byAddress = Map.groupBy(told, ({ publicIp }) => publicIp);
  const byVtep = Map.groupBy(told, ({ vtepMac }) => vtepMac);
  return told.map((one) => {
    const { vtepMac } = one;
    const twins = [...(one.publicIp ? (byAddress.get(one.publicIp) ?? []) : []), ...(vtepMac ? (byVtep.get(vtepMac) ?? []) : [])];
    const others = [...new Set(twins.map(({ node }) => node.name))].filter((name) => name !== one.node.name);
    const vni = config?.backend.vni ?? 1;
    return {
      ...one,
      problems: [
        ...missing(one, expected),
        ...(one.type !== undefined && expected !== undefined && one.type !== expected
          ? [`its backend is ${one.type}, and that of the others is ${expected}`]
          : []),
        ...(config !== undefined && one.type === 'vxlan' && one.vni !== undefined && one.vni !== vni
          ? [`its VXLAN has the VNI ${one.vni}, and ${vni} is configured`]
          : []),
        ...addressProblems(one),
        ...(others.length > 0 ? [`${others.slice(0, 3).join(', ')} tells the same address or VTEP`] : []),
      ],
    };
  });
}

function toldBy(node: Node) {
  const type = flannelAnnotation(node, 'backend-type')?.toLowerCase();
  const data = flannelAnnotation(node, 'backend-data');
  const publicIp = flannelAnnotation(node, 'public-ip') ?? flannelAnnotation(node, 'public-ipv6');
  const parsed = data === undefined || data === 'null' ? undefined : backendData.safeParse(parsedJson(data));
  return {
    node,
    type,
    publicIp,
    vni: parsed?.data?.VNI,
    vtepMac: parsed?.data?.VtepMAC,
    doubts: type === 'vxlan' && parsed?.success === false ? [`its backend-data is not understood: ${data?.slice(0, 100)}`] : [],
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON at all is as little understood as JSON of another shape.
    return undefined;
  }
}

function missing({ node, type, publicIp }: Omit<NodeBackend, 'problems'>, expected: string | undefined): readonly string[] {
  const vxlan = (type ?? expected) === 'vxlan';
  const absent = [
    ...(type === undefined ? ['backend-type'] : []),
    ...(publicIp === undefined ? ['public-ip'] : []),
    ...(vxlan && flannelAnnotation(node, 'backend-data') === undefined && flannelAnnotation(node, 'backend-v6-data') === undefined
      ? ['backend-data']
      : []),
  ];
  return absent.length > 0 ? [`it lacks the annotation ${absent.join(' and ')}`] : [];
}

/** An overwritten address is one that somebody chose; else it is to be the node's own. */
function addressProblems({ node, publicIp }: Pick<NodeBackend, 'node' | 'publicIp'>): readonly string[] {
  const overwrite = flannelAnnotation(node, 'public-ip-overwrite') ?? flannelAnnotation(node, 'public-ipv6-overwrite');
  if (publicIp === undefined) return [];
  if (overwrite !== undefined)
    return overwrite === publicIp ? [] : [`its public-ip is ${publicIp}, though public-ip-overwrite says ${overwrite}`];
  if (node.internalIps.includes(publicIp)) return [];
  return [`its public-ip ${publicIp} is none of its addresses (${node.internalIps.join(', ')})`];
}

function mostCommon(values: readonly string[]): string | undefined {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
