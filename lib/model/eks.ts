import * as z from 'zod';

/** EKS API shapes, reduced to what the checks read. Names are the API's own (lowerCamelCase). */

const healthIssue = z.object({
  code: z.string(),
  message: z.string().optional(),
  resourceIds: z.array(z.string()),
});

export const eksCluster = z.object({
  name: z.string(),
  arn: z.string(),
  /** CREATING | ACTIVE | DELETING | FAILED | UPDATING | PENDING */
  status: z.string(),
  /** Kubernetes version, `1.33`. */
  version: z.string().optional(),
  platformVersion: z.string().optional(),
  endpoint: z.string().optional(),
  /** Base64 PEM. */
  certificateAuthorityData: z.string().optional(),
  vpcId: z.string().optional(),
  subnetIds: z.array(z.string()),
  /** Additional security groups: on the control plane's ENIs only. */
  securityGroupIds: z.array(z.string()),
  clusterSecurityGroupId: z.string().optional(),
  endpointPublicAccess: z.boolean().optional(),
  endpointPrivateAccess: z.boolean().optional(),
  publicAccessCidrs: z.array(z.string()),
  /** API | API_AND_CONFIG_MAP | CONFIG_MAP */
  authenticationMode: z.string().optional(),
  serviceIpv4Cidr: z.string().optional(),
  serviceIpv6Cidr: z.string().optional(),
  /** ipv4 | ipv6 */
  ipFamily: z.string().optional(),
  /** EKS Auto Mode: `computeConfig.enabled`. */
  autoMode: z.boolean(),
  healthIssues: z.array(healthIssue),
  tags: z.record(z.string(), z.string()),
});
export type EksCluster = z.infer<typeof eksCluster>;

export const nodegroup = z.object({
  nodegroupName: z.string(),
  status: z.string().optional(),
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  /** `AL2_*`, `AL2023_*`, `BOTTLEROCKET_*`, `CUSTOM`, ... */
  amiType: z.string().optional(),
  instanceTypes: z.array(z.string()),
  subnets: z.array(z.string()),
  /** Names of the Auto Scaling groups behind it. */
  autoScalingGroups: z.array(z.string()),
  launchTemplate: z.object({ id: z.string().optional(), name: z.string().optional(), version: z.string().optional() }).optional(),
  scaling: z.object({ minSize: z.number(), maxSize: z.number(), desiredSize: z.number() }).optional(),
  maxUnavailable: z.number().optional(),
  maxUnavailablePercentage: z.number().optional(),
  labels: z.record(z.string(), z.string()),
  healthIssues: z.array(healthIssue),
});
export type Nodegroup = z.infer<typeof nodegroup>;

export const addon = z.object({
  addonName: z.string(),
  addonVersion: z.string().optional(),
  status: z.string().optional(),
  /** JSON or YAML, exactly as stored. */
  configurationValues: z.string().optional(),
  serviceAccountRoleArn: z.string().optional(),
  /** ARNs or ids of its EKS Pod Identity associations. */
  podIdentityAssociations: z.array(z.string()).optional(),
  /** Absent in Snapshots of a cniwatch that did not keep them. */
  tags: z.record(z.string(), z.string()).optional(),
  healthIssues: z.array(healthIssue),
});
export type Addon = z.infer<typeof addon>;

/** One of EKS' own checks of the cluster, as it was when EKS last looked. */
export const insight = z.object({
  id: z.string(),
  name: z.string(),
  /** UPGRADE_READINESS | MISCONFIGURATION */
  category: z.string(),
  /** PASSING | WARNING | ERROR | UNKNOWN */
  status: z.string(),
  reason: z.string().optional(),
  /** The version that an upgrade insight is about. */
  kubernetesVersion: z.string().optional(),
  lastRefreshTime: z.string().optional(),
  /** Only of insights that concern networking and do not pass, as `resources`. */
  recommendation: z.string().optional(),
  /** ARNs and Kubernetes URIs that do not pass; the first ones. */
  resources: z.array(z.string()),
});
export type Insight = z.infer<typeof insight>;
