import * as z from 'zod';

/** Something that only the answer to an earlier step tells, as the id of a rule that it made: it stands wherever a parameter may. */
export const answerReference = z.strictObject({
  /** The step's id. */
  answerOf: z.string(),
  /** Where it stands in the answer; `*` is every element of a list. */
  at: z.array(z.string()).min(1),
});

const common = {
  /** Of this plan alone: what an audit and a reference name it by. */
  id: z.string(),
  /** What it does, in a few words for a person. */
  title: z.string(),
};

/** One call of an AWS API, exactly as it will be sent; the cluster's account and Region are the target's. */
const awsStep = z.object({
  ...common,
  kind: z.literal('aws'),
  service: z.enum(['eks', 'ec2']),
  /** As the API reference has it: `UpdateAddon`. */
  operation: z.string(),
  parameters: z.record(z.string(), z.json()),
  /** The read that tells when what was asked for has happened, for calls that answer before. */
  settles: z.object({ operation: z.string(), field: z.string(), value: z.string() }).optional(),
});
export type AwsStep = Readonly<z.infer<typeof awsStep>>;

/** One write to the Kubernetes API, exactly as it will be sent. */
const kubernetesStep = z.object({
  ...common,
  kind: z.literal('kubernetes'),
  verb: z.enum(['create', 'patch', 'delete']),
  /** With its query, as `/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node?fieldManager=cniwatch`. */
  path: z.string(),
  /** The media type of a patch. */
  contentType: z.enum(['application/strategic-merge-patch+json', 'application/merge-patch+json']).optional(),
  body: z.json().optional(),
});
export type KubernetesStep = Readonly<z.infer<typeof kubernetesStep>>;

export const remediationStep = z.discriminatedUnion('kind', [awsStep, kubernetesStep]);
export type RemediationStep = AwsStep | KubernetesStep;
