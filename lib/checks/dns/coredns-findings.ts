import { addonEvidence, addonFinding } from '#lib/checks/dns/coredns-addon-finding.ts';
import { corefileEvidence, corefileFinding } from '#lib/checks/dns/coredns-corefile-finding.ts';
import { type ServersJudging, serversFinding } from '#lib/checks/dns/coredns-servers-finding.ts';
import { cacheEvidence, cacheFinding, unreadCacheFinding } from '#lib/checks/dns/node-local-dns-finding.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { CoreDns } from '#lib/network/dns/coredns.ts';
import { type CoreDnsCorefile, coreDnsCorefile } from '#lib/network/dns/coredns-corefile.ts';
import { nodeLocalDns } from '#lib/network/dns/node-local-dns.ts';
import { podsInStrictMode } from '#lib/network/strict-pods.ts';

type Read = Pick<Slices, 'addons' | 'deployments' | 'daemonSets' | 'services' | 'configMaps'>;

export interface CoreDnsJudging {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly read: Read;
  readonly options: ServersJudging['options'];
  readonly now: Date;
  /** ISO 8601. */
  readonly startedBefore: string;
}

/** The pods, the Corefile, the add-on and NodeLocal DNSCache, a finding each: what was not read of one leaves the others be. */
export function coreDnsFindings(dns: CoreDns, judging: CoreDnsJudging): readonly Judgement[] {
  const { nodes, pods, read, options, now, startedBefore } = judging;
  const services = dataOf(read.services);
  const daemonSets = dataOf(read.daemonSets);
  const corefile = corefileOf(dns, read);
  const configMap = configMapOf(read, 'node-local-dns');
  const cache = daemonSets && nodeLocalDns({ nodes, pods, daemonSets, services, configMap, startedBefore });
  const strictPods = podsInStrictMode(pods, daemonSets ?? []);
  const addon = addonFinding(read.addons);
  const servers = serversFinding(dns, {
    nodes,
    options,
    now,
    gap: workloadGap(read),
    serviceExists: services?.some(({ name }) => name === 'kube-dns'),
    beside: {
      ...addonEvidence(read.addons),
      ...corefileEvidence(corefile),
      nodeLocalDns: cache ? cacheEvidence(cache, strictPods) : null,
    },
  });
  return [
    servers,
    corefileFinding(corefile),
    ...(addon ? [addon] : []),
    ...(cache ? [cacheFinding(cache, { criticalPercent: options.criticalPercent, strictPods })] : []),
    ...(read.daemonSets.ok ? [] : [unreadCacheFinding(read.daemonSets.reason)]),
  ];
}

function corefileOf({ port, pods, workload }: CoreDns, read: Read): CoreDnsCorefile {
  if (!read.configMaps.ok) return { state: 'unread', reason: read.configMaps.reason };
  return coreDnsCorefile(configMapOf(read, 'coredns'), {
    serviceIps: dataOf(read.services)?.find(({ name }) => name === 'kube-dns')?.clusterIps ?? [],
    port,
    defaultPort: workload?.dnsPort,
    asksItself: pods.some(({ pod }) => pod.dnsPolicy === 'ClusterFirst' && !pod.hostNetwork),
  });
}

function configMapOf({ configMaps }: Read, name: string) {
  return dataOf(configMaps)?.find((found) => found.namespace === 'kube-system' && found.name === name);
}

function workloadGap({ deployments }: Read): string {
  return deployments.ok
    ? 'no Deployment or DaemonSet of it was found, so how many are wanted is not known'
    : `how many are wanted was not read (${asClause(deployments.reason)})`;
}
