import * as z from 'zod';
import { versionFinding } from '#lib/checks/cni/version-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { agentsOf } from '#lib/network/agents.ts';
import { findCnis } from '#lib/network/cni.ts';
import { RECOMMENDED_VPC_CNI } from '#lib/network/cni-releases/recommended.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

export const check = defineCheck({
  id: 'cni-version',
  title: 'Version of the CNI',
  area: 'cni',
  severity: 'warning',
  inputs: ['nodes', 'pods', 'daemonSets'],
  optional: ['cluster', 'addons'],
  options: z.object({
    recommended: z
      .record(z.string().regex(/^1\.\d+$/), z.string().regex(/^v?\d+\.\d+/))
      .default({})
      .describe("versions of the VPC CNI by Kubernetes version, as {'1.34': '1.21.1'}: over those that cniwatch knows"),
  }),
  metrics: [],
  docs: {
    question:
      'Which CNI runs, in which version, and is it the same on every node? A version that is too old for Kubernetes, or for a setting that is on, fails in silence: aws-node passes over what it does not know. `rollbackFloor` says how far back a rollback may go with what is in use.',
    verdicts: {
      warning:
        'nodes run different versions and no rollout is under way; the version is below the one that EKS names for this Kubernetes; a setting is on that the version does not know; the add-on states another version than runs',
      unknown: "an image that tells no version, Kubernetes' version was not read, or no CNI that is known",
      notApplicable: 'no node takes an agent, as with Auto Mode and Fargate',
    },
    evidence: {
      cni: 'vpc-cni, cilium, calico or flannel',
      version: "tag of the DaemonSet's image",
      versions: 'nodes by the tag that their agent runs',
      rolloutInProgress: 'whether agents of an older template are still to be replaced',
      recommended: 'the least version for this Kubernetes; null where none is known, as for other CNIs than the VPC CNI',
      recommendedFor: 'the Kubernetes version of that row: an older one where the table does not reach this one',
      clusterVersion: "Kubernetes' version; null where it was not read",
      missingFeatures: 'settings that are on, and the version that each needs, where the one that runs does not know them',
      addonVersion: 'that of the EKS add-on; null where there is none, or it was not read',
      rollbackTo: 'the older of the versions that nodes run; null where all run the same',
      rollbackFloor: 'the oldest version that knows all settings in use; null where none of them asks for one',
    },
    sources: [
      'Amazon EKS User Guide, "Assign IPs to Pods with the Amazon VPC CNI" (https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html)',
      'amazon-vpc-cni-k8s README.md and CHANGELOG.md',
    ],
  },
  remediations: ['update-cni', 'restart-cni'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodes, pods, daemonSets } = inputs;
    const cnis = findCnis(daemonSets);
    if (cnis.length === 0) {
      if (!nodes.some(takesCniAgent)) return notApplicable(target, 'No node of this cluster takes the agent of a CNI.');
      return undecided(target, 'No DaemonSet of the VPC CNI, Cilium, Calico or flannel was found, so no version is known.');
    }
    const context = { nodes, pods, startedBefore: now.toISOString(), waitingNodes: new Set<string>() };
    const addon = dataOf(optional.addons)?.find(({ addonName }) => addonName === 'vpc-cni');
    const findings = cnis.map((cni) =>
      versionFinding({
        cni,
        agents: agentsOf(cni.daemonSet, context),
        clusterVersion: dataOf(optional.cluster)?.version,
        ...(cni.kind === 'vpc-cni' && addon !== undefined && { addon }),
        table: { ...RECOMMENDED_VPC_CNI, ...options.recommended },
      }),
    );
    return { findings, metrics: [] };
  },
});
