import type { Agent } from 'node:http';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Slice } from '#lib/model/slice.ts';

/** How to reach and enter one API server. */
export interface KubernetesAccess {
  /** The API server's URL; a base path is kept, as behind a proxy. */
  readonly server: string;
  readonly tls: {
    /** PEM. */
    readonly ca?: string | Buffer;
    readonly cert?: string | Buffer;
    readonly key?: string | Buffer;
    readonly rejectUnauthorized?: boolean;
    readonly servername?: string;
  };
  /** In place of one made from `tls`, where the way leads through a proxy. */
  readonly agent?: Agent;
  /** The Authorization header; undefined where the client certificate says who asks. Throws a ReadFailure. */
  authorization(): Promise<string | undefined>;
}

/** What can be done about an API server that does not let cniwatch in. */
export interface AccessAdvice {
  readonly unreachable: string;
  readonly unauthorized: string;
}

/** Advice from what EKS says of the endpoint, where `server` is that endpoint. */
export function accessAdvice(cluster: Slice<EksCluster>, server: string): AccessAdvice {
  if (!cluster.ok || !isEndpoint(cluster.data, server)) {
    return {
      unreachable: 'Check the server of the kubeconfig, and the network path to it.',
      unauthorized: "Renew the credentials of the kubeconfig's user.",
    };
  }
  return { unreachable: unreachable(cluster.data), unauthorized: unauthorized(cluster.data) };
}

function isEndpoint({ endpoint }: EksCluster, server: string): boolean {
  if (endpoint === undefined || !URL.canParse(endpoint) || !URL.canParse(server)) return false;
  return new URL(endpoint).host === new URL(server).host;
}

/** Source: Amazon EKS User Guide, "Cluster API server endpoint". A hub checks from inside a VPC by a runner. */
function unreachable({ endpointPublicAccess, publicAccessCidrs, vpcId, clusterSecurityGroupId }: EksCluster): string {
  const inside = `run cniwatch in VPC ${vpcId ?? 'of the cluster'} or a network connected to it, with TCP 443 open to ${clusterSecurityGroupId ?? 'the cluster security group'} (a hub: by a runner, docs/deploying.md, "Private clusters")`;
  if (endpointPublicAccess === false) return `The endpoint is private: ${inside}.`;
  const open = publicAccessCidrs.length === 0 || publicAccessCidrs.includes('0.0.0.0/0');
  if (!open) return `Public access is limited to ${publicAccessCidrs.join(', ')}: add this machine's address, or ${inside}.`;
  return 'The endpoint is public: check DNS, a proxy and outgoing TCP 443 on this machine.';
}

/** Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries". */
function unauthorized({ authenticationMode, name }: EksCluster): string {
  if (authenticationMode === 'CONFIG_MAP')
    return "Map the IAM role that cniwatch runs with in ConfigMap kube-system/aws-auth (this cluster's mode takes no access entries).";
  return `Let the IAM role in that cniwatch runs with: cniwatch onboard --cluster ${name} --role <role>`;
}
