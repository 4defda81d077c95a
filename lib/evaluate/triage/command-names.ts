import { reachOf } from '#lib/evaluate/reach.ts';
import { commandLine, nameForCommand } from '#lib/evaluate/triage/shell-word.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Target } from '#lib/model/target.ts';

/** How the reader enters the cluster: as the command that was given did. */
export interface Access {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly profile?: string;
}

/** The parts of a problem that commands name; of many the first. */
export interface Named {
  readonly target: Target;
  readonly node: string | undefined;
  readonly subnets: readonly string[];
  readonly namespace: string | undefined;
  /** Ids of security groups that lack a rule. */
  readonly groups: readonly string[];
  /** `namespace` and `name` of a DaemonSet or a Deployment. */
  readonly workload: readonly [string, string] | undefined;
  /** `namespace` and `name` of an agent that does not work. */
  readonly agent: readonly [string, string] | undefined;
  /** `namespace` and `name` of a service account. */
  readonly account: readonly [string, string] | undefined;
  readonly pool: string | undefined;
  readonly kubectl: (...words: readonly (string | undefined)[]) => string | undefined;
  readonly aws: (...words: readonly (string | undefined)[]) => string | undefined;
  /** cniwatch itself, of this cluster. */
  readonly own: (...words: readonly (string | undefined)[]) => string | undefined;
}

export function namedIn(findings: readonly [Finding, ...Finding[]], target: Target, access: Access): Named {
  const reaches = findings.map(reachOf);
  const names = (of: readonly string[]) => of.flatMap((name) => nameForCommand(name) ?? []);
  const region = nameForCommand(target.region);
  const profile = access.profile === undefined ? [] : [`--profile=${access.profile}`];
  const entrance = [
    ...(access.kubeconfig === undefined ? [] : [`--kubeconfig=${access.kubeconfig}`]),
    ...(access.context === undefined ? [] : [`--context=${access.context}`]),
  ];
  return {
    target,
    node: names(reaches.flatMap(({ nodes }) => [...nodes.named]))[0],
    subnets: [...new Set(names(reaches.flatMap(({ subnets }) => [...subnets.named])))].slice(0, 5),
    namespace: names(reaches.flatMap(({ namespaces }) => [...namespaces.named]))[0],
    groups: [...new Set(names(findings.flatMap(({ evidence }) => groupsIn(evidence))))].slice(0, 5),
    workload: qualified(findings[0].resource.kind === 'daemonset' ? findings[0].resource.id : undefined),
    agent: findings.map(({ evidence }) => qualified(evidence['agentPod'])).find((pod) => pod !== undefined),
    account: qualified(findings[0].evidence['serviceAccount']),
    pool: nameForCommand(findings.find(({ resource }) => resource.kind === 'ip-pool')?.resource.name),
    kubectl: (...words) => commandLine(['kubectl', ...entrance, ...words]),
    aws: (...words) => commandLine(['aws', ...words, '--region', region, ...profile]),
    own: (...words) =>
      commandLine(['cniwatch', ...words, '--cluster', nameForCommand(target.name), '--region', region, ...profile]),
  };
}

function qualified(id: unknown): readonly [string, string] | undefined {
  const [namespace, name, ...more] = typeof id === 'string' ? id.split('/').map(nameForCommand) : [];
  return namespace === undefined || name === undefined || more.length > 0 ? undefined : [namespace, name];
}

/** Of `missingRule`, `furtherRules` and `missingRules`. */
function groupsIn({ missingRule, furtherRules, missingRules }: Finding['evidence']): readonly string[] {
  const rules: readonly unknown[] = [missingRule, furtherRules, missingRules].flat();
  return rules.flatMap((rule) => {
    const groupId = typeof rule === 'object' && rule !== null ? (rule as { readonly groupId?: unknown }).groupId : undefined;
    return typeof groupId === 'string' ? [groupId] : [];
  });
}
