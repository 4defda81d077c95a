import type { NetworkInterface } from '#lib/model/ec2.ts';
import { isLeaked } from '#lib/network/leaked-enis.ts';
import { type ServiceHolder, serviceInterface } from '#lib/network/service-interfaces.ts';

/** Who holds an address; `controlPlane` and `leaked` are any cluster's. */
export type AddressHolder = 'thisCluster' | 'otherClusters' | 'controlPlane' | 'leaked' | ServiceHolder;

/** What tells one cluster's interfaces from all others. */
export interface ClusterIdentity {
  readonly name: string;
  /** Instances of this cluster's nodes. */
  readonly instanceIds: ReadonlySet<string>;
  /** Instances that are tagged for other clusters only, with the cluster's name where it is one. */
  readonly otherInstances: ReadonlyMap<string, string | undefined>;
  /** The nodes' own addresses: what finds the interfaces of Fargate pods, which hang on no instance that can be seen. */
  readonly nodeIps: ReadonlySet<string>;
}

/** When a detached interface of the CNI counts as leaked. */
export interface LeakAge {
  readonly now: Date;
  readonly minAgeMinutes?: number;
}

export interface Attribution {
  readonly holder: AddressHolder;
  /** The one cluster whose interface it is, by instance, tag or description; absent where none or several are named. */
  readonly cluster?: string;
  /** The AWS service that made it, where a pattern tells. */
  readonly service?: string;
}

const INSTANCE_TAG = 'node.k8s.amazonaws.com/instance_id';
const OWNED_BY_CLUSTER = 'kubernetes.io/cluster/';
const CONTROL_PLANE = 'Amazon EKS ';

/** Who holds an interface, where many are asked about: equal answers are one object. */
export function attributor(identity: ClusterIdentity, { now, minAgeMinutes }: LeakAge): (eni: NetworkInterface) => Attribution {
  const ours: Attribution = { holder: 'thisCluster', cluster: identity.name };
  const [leaked, controlPlane, otherClusters] = [ofCluster('leaked'), ofCluster('controlPlane'), ofCluster('otherClusters')];
  return (eni) => {
    const cluster = clusterOf(eni, identity);
    if (eni.status === 'available' && isLeaked(eni, now, minAgeMinutes)) return leaked(cluster);
    if (eni.description.startsWith(CONTROL_PLANE)) return controlPlane(cluster);
    if (cluster === identity.name) return ours;
    return cluster === undefined ? (serviceInterface(eni) ?? UNATTRIBUTED) : otherClusters(cluster);
  };
}

/**
 * Who holds an interface. What cannot be attributed is `other`, never a cluster's.
 * Sources: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go and amazon-vpc-resource-controller-k8s pkg/config/type.go for tags and
 * descriptions; Amazon EKS User Guide, "Amazon EKS networking requirements" for those of the control plane.
 */
export function attribute(eni: NetworkInterface, identity: ClusterIdentity, leak: LeakAge): Attribution {
  return attributor(identity, leak)(eni);
}

const UNATTRIBUTED: Attribution = { holder: 'other' };

/** Another cluster's, of several names. */
const UNNAMED = Symbol('a cluster whose name is not known');

/** A cluster, by its name where that is known. */
type Owner = string | typeof UNNAMED | undefined;

/** The attributions to one holder, an object a cluster. */
function ofCluster(holder: AddressHolder): (cluster: Owner) => Attribution {
  const known = new Map<Owner, Attribution>();
  return (cluster) => {
    const before = known.get(cluster);
    if (before !== undefined) return before;
    const attribution = typeof cluster === 'string' ? { holder, cluster } : { holder };
    known.set(cluster, attribution);
    return attribution;
  };
}

function clusterOf(eni: NetworkInterface, identity: ClusterIdentity): Owner {
  const instanceId = eni.attachment?.instanceId ?? eni.tags[INSTANCE_TAG];
  if (instanceId !== undefined) {
    if (identity.instanceIds.has(instanceId)) return identity.name;
    if (identity.otherInstances.has(instanceId)) return identity.otherInstances.get(instanceId) ?? UNNAMED;
  }
  const names = clusterNames(eni);
  if (names.length === 1) return names[0];
  return identity.nodeIps.has(eni.privateIpAddresses[0] ?? '') ? identity.name : undefined;
}

/** The clusters that an interface names as its owner; two would be a contradiction, which attributes it to neither. */
function clusterNames({ tags, description }: NetworkInterface): readonly string[] {
  const names: string[] = [];
  const add = (name: string) => {
    if (!names.includes(name)) names.push(name);
  };
  for (const key in tags) {
    if (key === 'cluster.k8s.amazonaws.com/name') add(tags[key] ?? '');
    else if (key.startsWith(OWNED_BY_CLUSTER) && tags[key] === 'owned') add(key.slice(OWNED_BY_CLUSTER.length));
  }
  if (description.startsWith(CONTROL_PLANE)) add(description.slice(CONTROL_PLANE.length));
  return names;
}
