import type { Event, Pod } from '#lib/model/kubernetes.ts';
import type { Cni } from '#lib/network/cni.ts';

export interface IamDenials {
  /** `ec2:CreateNetworkInterface`; empty where the events name none. */
  readonly actions: readonly string[];
  readonly count: number;
  readonly nodes: readonly string[];
  readonly lastSeen: string;
  readonly sampleMessage: string;
}

/** ipamd's own words come first. Sources: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go; Amazon EC2 API Reference, "Error codes". */
const DENIED = /Unauthorized operation: failed to call|UnauthorizedOperation|AccessDenied|is not authorized to perform/i;
const ACTION = /\b(?:ec2|eks|sts|iam):[A-Z]\w+/g;
/** What nodes and pods tell of the CNI's controllers, beside its agents' own events. Source: amazon-vpc-resource-controller-k8s pkg/utils. */
const OF_CONTROLLERS = /^(TrunkENICreationFailed|BranchAllocationFailed|NodeTrunkFailedInit|FailedCreatePodSandBox)$/;

/** What AWS refused the agents of a CNI, or its controllers. Undefined where no event tells of any. */
export function iamDenials({ kind, daemonSet }: Cni, events: readonly Event[], pods: readonly Pod[]): IamDenials | undefined {
  const agents = new Map(
    pods.flatMap(({ namespace, name, owner, nodeName }) =>
      namespace === daemonSet.namespace && owner?.kind === 'DaemonSet' && owner.name === daemonSet.name ? [[name, nodeName]] : [],
    ),
  );
  const own = events.filter(({ reason, message, involved }) => {
    if (reason !== 'MissingIAMPermissions' && !DENIED.test(message)) return false;
    const ofAgent = involved.kind === 'Pod' && (involved.namespace ?? '') === daemonSet.namespace && agents.has(involved.name);
    return ofAgent || (kind === 'vpc-cni' && (reason === 'MissingIAMPermissions' || OF_CONTROLLERS.test(reason)));
  });
  const [first, ...others] = own.toSorted((a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''));
  if (first === undefined) return undefined;
  const all = [first, ...others];
  const nodes = all.flatMap(({ involved, sourceHost }) =>
    involved.kind === 'Node' ? involved.name : (agents.get(involved.name) ?? sourceHost ?? []),
  );
  return {
    actions: [...new Set(all.flatMap(({ message }) => message.match(ACTION) ?? []))].sort(),
    count: all.reduce((sum, { count }) => sum + count, 0),
    nodes: [...new Set(nodes)].sort(),
    lastSeen: first.lastSeen ?? '',
    sampleMessage: first.message.slice(0, 500),
  };
}

/** Tags alone: interfaces still come, and cannot be told apart afterwards. */
export function concernsTagsAlone({ actions }: IamDenials): boolean {
  return actions.length > 0 && actions.every((action) => /^ec2:(Create|Delete)Tags$/.test(action));
}
