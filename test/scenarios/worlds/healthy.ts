/** Clusters in which all is well, one for each CNI and way to run one, where every opt-in source may look and gets its answer. */
import type { World } from '#lib/sandbox/world.ts';
import { calicoAgents, policyOnly } from './calico.ts';
import { withCanary } from './canary.ts';
import { clusterPool } from './cilium.ts';
import { ciliumAgents } from './cilium-agent.ts';
import { metrics, withCounters } from './coredns.ts';
import { flannel } from './flannel.ts';
import { calicoAsks, flannelWays, probed, underCilium } from './node-files.ts';
import { autoMode, prefixes } from './nodes.ts';
import { shop } from './shop.ts';

const COUNTERS = metrics(10_000, 20);
/** CoreDNS tells its counters, and canary pods may be made and fare well. */
const withSources = (world: World): World => withCanary(withCounters(world, COUNTERS, COUNTERS));

const ANSWERS = { ipamdCounters: {} } as const;
const ESTABLISHED = ['Established', 'Established', 'Established'];
const podNames = ({ clusters }: World): readonly string[] =>
  (clusters[0]?.kubernetes.find(({ plural }) => plural === 'pods')?.items ?? [])
    .filter(({ metadata }) => metadata.namespace === 'shop')
    .map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
const calicoWith = (group: 'v1' | 'v3') =>
  calicoAsks(
    'https://10.100.0.1:443',
    calicoAgents({ group, agents: () => ESTABLISHED, blocks: [5, 5], holders: podNames(shop()) }),
  );

export const HEALTHY: Readonly<Record<string, () => World>> = {
  'the VPC CNI': () => withSources(probed(shop({ cluster: ANSWERS }), {})),
  'the VPC CNI with prefixes': () => withSources(probed(prefixes({}, ANSWERS), {})),
  'the VPC CNI and policies of Calico': () => withSources(probed(policyOnly(shop({ cluster: ANSWERS })), {})),
  'Auto Mode': () => withSources(probed(autoMode(), {})),
  'Cilium in ENI mode': () => withSources(underCilium(true, ciliumAgents())),
  'Cilium in cluster-pool mode': () =>
    withSources(
      underCilium(
        true,
        ciliumAgents({}, (over) => clusterPool(20, over)),
      ),
    ),
  'Calico with BGP, by the classic API': () => withSources(calicoWith('v1')),
  'Calico with BGP, by the native API': () => withSources(calicoWith('v3')),
  flannel: () => withSources(flannelWays(undefined, flannel())),
};
