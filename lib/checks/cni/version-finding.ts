import type { Addon } from '#lib/model/eks.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { type Agent, isRollingOut } from '#lib/network/agents.ts';
import { agentContainer, type Cni, imageTag, versionAtLeast } from '#lib/network/cni.ts';
import { type Recommended, recommendedVpcCni } from '#lib/network/cni-releases/recommended.ts';
import { type FeatureInUse, vpcCniFeatures } from '#lib/network/cni-releases/vpc-cni-features.ts';

export interface VersionFacts {
  readonly cni: Cni;
  readonly agents: readonly Agent[];
  readonly clusterVersion: string | undefined;
  readonly addon?: Addon;
  /** Recommended versions of the VPC CNI by Kubernetes version. */
  readonly table: Readonly<Record<string, string>>;
}

export function versionFinding(facts: VersionFacts): Judgement {
  const { daemonSet, kind, version } = facts.cni;
  const id = `${daemonSet.namespace}/${daemonSet.name}`;
  const known = findingsOf(facts);
  const problems = problemsOf(known);
  const doubts = doubtsOf(facts, known.versions);
  const verdict = problems.length > 0 ? 'warning' : doubts.length > 0 ? 'unknown' : 'ok';
  const isOld = known.missing.length > 0 || isBelow(known.oldest, known.recommended);
  return {
    verdict,
    resource: { kind: 'daemonset', id, name: daemonSet.name },
    summary: `${[`${id} (${kind}) is ${version ?? 'of no version that its image tells'}`, ...problems, ...doubts].join('; ')}.`,
    evidence: evidenceOf(facts, known),
    ...(verdict === 'warning' && {
      timeToImpact: known.missing.length > 0 ? ('hours' as const) : ('days' as const),
      remediation: isOld ? 'update-cni' : 'restart-cni',
    }),
  };
}

function findingsOf({ cni, agents, clusterVersion, addon, table }: VersionFacts): Findings {
  const { kind, daemonSet, version } = cni;
  const versions = runningVersions(cni, agents);
  const oldest = Object.keys(versions).toSorted(byVersion)[0] ?? version;
  const features = kind === 'vpc-cni' ? vpcCniFeatures(daemonSet) : [];
  return {
    oldest,
    version,
    versions,
    features,
    addon,
    rolling: isRollingOut(daemonSet),
    recommended: kind === 'vpc-cni' ? recommendedVpcCni(clusterVersion, table) : undefined,
    missing: features.filter(({ since }) => versionAtLeast(oldest, since) === false),
  };
}

function evidenceOf({ cni, clusterVersion, addon }: VersionFacts, known: Findings): Judgement['evidence'] {
  const { oldest, versions, features, missing, recommended, rolling } = known;
  return {
    cni: cni.kind,
    version: cni.version ?? null,
    versions: { ...versions },
    rolloutInProgress: rolling,
    recommended: recommended?.version ?? null,
    recommendedFor: recommended?.ofKubernetes ?? null,
    clusterVersion: clusterVersion ?? null,
    missingFeatures: missing.map(({ name, since }) => ({ name, since })),
    addonVersion: addon?.addonVersion ?? null,
    rollbackTo: Object.keys(versions).length > 1 ? (oldest ?? null) : null,
    rollbackFloor:
      features
        .map(({ since }) => since)
        .toSorted(byVersion)
        .at(-1) ?? null,
  };
}

/** Nodes by the tag that their agent runs. */
function runningVersions({ kind }: Cni, agents: readonly Agent[]): Readonly<Record<string, number>> {
  const container = agentContainer(kind);
  const counts: Record<string, number> = {};
  for (const { pod } of agents) {
    const agent = pod?.containers.find(({ name, init }) => !init && name === container);
    if (agent === undefined) continue;
    const tag = imageTag(agent.image) ?? 'unknown';
    counts[tag] = (counts[tag] ?? 0) + 1;
  }
  return counts;
}

interface Findings {
  readonly oldest: string | undefined;
  readonly recommended: Recommended | undefined;
  /** Settings that are on. */
  readonly features: readonly FeatureInUse[];
  /** Those of them that the oldest version does not know. */
  readonly missing: readonly FeatureInUse[];
  readonly addon: Addon | undefined;
  readonly version: string | undefined;
  readonly versions: Readonly<Record<string, number>>;
  readonly rolling: boolean;
}

/** As clauses. */
function problemsOf({ oldest, recommended, missing, addon, version, versions, rolling }: Findings): readonly string[] {
  const kinds = Object.entries(versions);
  const stated = addon?.addonVersion;
  const differs =
    stated !== undefined && version !== undefined && byVersion(stated, version) !== 0 && addon?.status !== 'UPDATING';
  return [
    ...(kinds.length > 1 && !rolling
      ? [
          `nodes run different versions (${kinds.map(([tag, count]) => `${count} ${tag}`).join(', ')}) and no rollout is under way`,
        ]
      : []),
    ...(recommended !== undefined && isBelow(oldest, recommended)
      ? [`EKS names ${recommended.version} or later for Kubernetes ${recommended.ofKubernetes}`]
      : []),
    ...missing.map(({ name, since }) => `${name} is on and needs ${since}`),
    ...(differs && !rolling ? [`the add-on states ${stated}`] : []),
  ];
}

function doubtsOf({ cni, clusterVersion }: VersionFacts, versions: Readonly<Record<string, number>>): readonly string[] {
  const untold = [...Object.keys(versions), cni.version].some((tag) => versionAtLeast(tag, '0.0.0') === undefined);
  return [
    ...(untold ? ['an image tells no version'] : []),
    ...(cni.kind === 'vpc-cni' && clusterVersion === undefined ? ["Kubernetes' version was not read"] : []),
  ];
}

function isBelow(version: string | undefined, recommended: Recommended | undefined): boolean {
  return recommended !== undefined && versionAtLeast(version, recommended.version.replace(/^v/, '')) === false;
}

/** The older first, by major, minor and patch; what is no version comes last. */
function byVersion(a: string, b: string): number {
  const [one, other] = [numbers(a), numbers(b)];
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? 1 : -1;
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function numbers(version: string): readonly number[] | undefined {
  const [, major, minor, patch = '0'] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}
