import * as z from 'zod';
import { nodeFilesContext } from '#lib/checks/cni/node-files-context.ts';
import { nodeFilesFinding } from '#lib/checks/cni/node-files-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

export const check = defineCheck({
  id: 'cni-config-files',
  title: "The CNI's files on nodes",
  area: 'cni',
  severity: 'critical',
  inputs: ['nodeProbes', 'nodes', 'daemonSets'],
  optional: ['cluster', 'networkInterfaces', 'configMaps', 'cniResources'],
  options: z.object({
    joiningMinutes: z
      .number()
      .min(0)
      .default(5)
      .describe('age up to which a node may be without its configuration and plugins, in minutes'),
    apiServers: z
      .array(z.string())
      .default([])
      .describe("hosts that lead to this cluster's API server besides its own, as those of a proxy or a load balancer"),
  }),
  metrics: [],
  docs: {
    question:
      'Can the container runtime of a node connect pods? It takes the configuration in /etc/cni/net.d whose name sorts first, byte by byte, and no other, even where that one is broken. So that one must be readable and valid, be of the CNI whose agent is on the node, and find its plugins in /opt/cni/bin, its API server where its kubeconfig says, and /sys/fs/bpf mounted where eBPF is used. Lines that end as in Windows are valid; a byte order mark is not. Opt-in (`collect.optIn: [nodeProbes]`), since it takes a pod on each node that is looked at: some nodes in a run (`probes.nodes`), those in trouble first and the others in turn.',
    verdicts: {
      warning:
        'a second configuration lies behind the first and would be used if that went; the mode of the first keeps it from being read while the node has its network all the same; or a kubeconfig names an interface of the control plane, which the next update replaces',
      critical:
        'no configuration, or a first one that cannot be read or used, or that another CNI left behind; a plugin that is missing or cannot be run; a kubeconfig that is missing or names another API server; /sys/fs/bpf not mounted where it is needed; no default route',
      unknown:
        'a node whose probe did not run, or told what is not understood; or what decides could not be read or told, and nothing else is wrong',
      notApplicable: 'nobody switched it on; or no node has a CNI of its own to look at',
    },
    evidence: {
      problems:
        'what is wrong: no-config, unreadable-config, invalid-config, several-configs, other-cni, missing-binary, stale-api-server, missing-kubeconfig, bpf-not-mounted, no-default-route',
      details: 'the same in words, with what is not known',
      configFiles:
        'configurations in the order of the container runtime, with `mode`, `uid` and `size` in bytes; null where not read',
      network: 'name of the network of the first one; null where it cannot be used',
      plugins: 'its plugins, in order; null where it cannot be used',
      missingBinaries: 'plugins that it needs, and that are not in /opt/cni/bin or cannot be run',
      apiServers: 'servers by kubeconfig, by its path below /etc/cni/net.d',
      bpfMounted: 'whether the BPF file system is mounted at /sys/fs/bpf; null where that was not to be seen',
      defaultRoute: "whether there is a default route of the cluster's IP family",
    },
    sources: [
      'containerd/go-cni opts.go, loadFromConfDir (order, first file, type); containerd docs/cri/config.md (max_conf_num)',
      'containernetworking/cni libcni/conf.go and pkg/utils/utils.go; SPEC.md, "Section 1: Network configuration format"',
      'RFC 8259, sections 2 and 8.1',
      'amazon-vpc-cni-k8s misc/10-aws.conflist; Cilium, Calico and flannel install manifests',
    ],
  },
  remediations: ['repair-cni-config', 'reapply-cni', 'restart-cni', 'mount-bpf', 'recycle-nodes'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodeProbes, nodes, daemonSets } = inputs;
    if (nodeProbes.length === 0)
      return nodes.some(takesCniAgent)
        ? undecided(target, 'No node could be looked at: the kubelets of all of them are silent.')
        : notApplicable(target, "No node takes the agent of a CNI: there are no files of one's own to look at.");
    const cluster = dataOf(optional.cluster);
    const sources = {
      daemonSets,
      configMaps: dataOf(optional.configMaps),
      cniResources: dataOf(optional.cniResources),
      ipFamily: cluster?.ipFamily,
      apiServer: { cluster, networkInterfaces: dataOf(optional.networkInterfaces), known: options.apiServers },
    };
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const youngest = now.getTime() - 60_000 * options.joiningMinutes;
    const findings = nodeProbes.map((probe) => {
      const node = byName.get(probe.nodeName);
      const joining = node !== undefined && Date.parse(node.createdAt) > youngest;
      return nodeFilesFinding(probe, nodeFilesContext(node, sources), joining);
    });
    return { findings, metrics: [] };
  },
});
