import type { ProbedNode } from '#lib/model/node-probe.ts';
import type { CniKind } from '#lib/network/cni.ts';
import { type ApiServerPlaces, apiServerAddress } from '#lib/network/cni-config/api-server-address.ts';
import { type DecidingConfig, decidingConfig } from '#lib/network/cni-config/deciding-config.ts';
import type { NetworkConfig } from '#lib/network/cni-config/network-config.ts';
import { kindsOf, namedKubeconfigs, neededBinaries } from '#lib/network/cni-config/plugin-needs.ts';
import { doubt, type FileFindings, NOTHING, problem, together } from '#lib/network/cni-config/problem.ts';

/** What else is known of the node and its cluster. */
export interface NodeFilesContext {
  readonly networkReady: boolean | undefined;
  /** CNIs whose agent is placed on the node; undefined where that is not known. */
  readonly agents: readonly CniKind[] | undefined;
  /** What on the node needs the BPF file system, in words, and what might. */
  readonly needsBpf: readonly string[];
  readonly mayNeedBpf: readonly string[];
  /** Whose default route pods need; either will do where it is not known. */
  readonly ipFamily: 'ipv4' | 'ipv6' | undefined;
  readonly apiServer: ApiServerPlaces;
}

export interface NodeFiles extends FileFindings {
  readonly config: DecidingConfig;
  /** Plugins that the configuration takes and that are not there, or cannot be run. */
  readonly missingBinaries: readonly string[];
  readonly defaultRoute: boolean;
}

/** Everything that a node's files, mounts and routes say of whether its pods can get a network. */
export function nodeFiles(found: ProbedNode, context: NodeFilesContext): NodeFiles {
  const config = decidingConfig(found.configFiles, found.directories, context.networkReady);
  const { network } = config;
  const missing = network === undefined ? [] : missingBinaries(network, found);
  const defaultRoute = hasDefaultRoute(found, context.ipFamily);
  const all = [
    config,
    ...(network === undefined ? [] : [agentOf(network, context.agents), ...kubeconfigs(network, found, context.apiServer)]),
    binaries(missing, found),
    bpf(found, context),
    defaultRoute ? NOTHING : noRoute(found),
  ];
  return { config, missingBinaries: missing, defaultRoute, ...together(all) };
}

/** A configuration that another CNI left behind. */
function agentOf(network: NetworkConfig, agents: readonly CniKind[] | undefined): FileFindings {
  const kinds = kindsOf(network);
  // Where no known agent is, it may be of a make that is not known.
  if (agents === undefined || agents.length === 0 || kinds.length === 0 || kinds.some((kind) => agents.includes(kind)))
    return NOTHING;
  return problem(
    'other-cni',
    `the configuration that decides asks the agent of ${kinds.join(' and ')}, and the node has that of ${agents.join(' and ')}`,
  );
}

function missingBinaries(network: NetworkConfig, { binaries: there }: ProbedNode): readonly string[] {
  return neededBinaries(network).filter((name) => {
    const found = there.find((binary) => binary.name === name);
    return found === undefined || (found.mode !== undefined && (Number.parseInt(found.mode, 8) & 0o111) === 0);
  });
}

function binaries(missing: readonly string[], { cut, binaries: there }: ProbedNode): FileFindings {
  if (missing.length === 0) return NOTHING;
  const says = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing from /opt/cni/bin, or cannot be run`;
  const absent = missing.filter((name) => !there.some((binary) => binary.name === name));
  return cut.includes('binaries') && absent.length === missing.length
    ? doubt(`${missing.join(', ')} may be missing: /opt/cni/bin holds more than was read`)
    : problem('missing-binary', says);
}

/** Only those that the deciding configuration uses: others are left from what is gone. */
function kubeconfigs(network: NetworkConfig, found: ProbedNode, places: ApiServerPlaces): readonly FileFindings[] {
  return namedKubeconfigs(network).map((path) => {
    const file = found.kubeconfigs.find((one) => one.path === path);
    if (file === undefined) {
      const told = /kubeconfig/.test(path) && path.split('/').length <= 2 && !found.cut.includes('kubeconfigs');
      return told
        ? problem('missing-kubeconfig', `${path}, which its plugin needs, is not there`)
        : doubt(`${path}, which its plugin needs, was not looked for`);
    }
    if (file.unread) return doubt(`${path} could not be read`);
    if (file.servers.length === 0) return problem('stale-api-server', `${path} names no API server`);
    return together(file.servers.map((server) => ofServer(path, server, places)));
  });
}

function ofServer(path: string, server: string, places: ApiServerPlaces): FileFindings {
  const { verdict, why } = apiServerAddress(server, places);
  switch (verdict) {
    case 'right':
      return NOTHING;
    case 'unknown':
      return doubt(`whether ${path} names the right API server is not known: ${why}`);
    case 'fleeting':
      return problem('stale-api-server', `${path} names an API server for a time only: ${why}`, 'warning');
    case 'stale':
      return problem('stale-api-server', `${path} names the wrong API server: ${why}`);
  }
}

function bpf({ bpfFileSystem }: ProbedNode, { needsBpf, mayNeedBpf }: NodeFilesContext): FileFindings {
  if (bpfFileSystem === 'bpf') return NOTHING;
  if (needsBpf.length === 0)
    return mayNeedBpf.length === 0
      ? NOTHING
      : doubt(`/sys/fs/bpf is not mounted, and whether ${mayNeedBpf.join(' and ')} needs it is not known`);
  if (bpfFileSystem === undefined) return doubt('whether /sys/fs/bpf is mounted was not to be seen');
  return problem('bpf-not-mounted', `/sys/fs/bpf is not mounted, which ${needsBpf.join(' and ')} needs`);
}

function hasDefaultRoute({ routes, defaultRoutesV6 }: ProbedNode, family: NodeFilesContext['ipFamily']): boolean {
  const v4 = routes.some(({ cidr }) => cidr === '0.0.0.0/0');
  const v6 = defaultRoutesV6.length > 0;
  return family === undefined ? v4 || v6 : family === 'ipv4' ? v4 : v6;
}

function noRoute({ cut }: ProbedNode): FileFindings {
  return cut.includes('routes')
    ? doubt('whether it has a default route is not known: it has more routes than were read')
    : problem('no-default-route', 'it has no default route');
}
