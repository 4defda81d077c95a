import { stringify } from 'yaml';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { RemediationOwner, SourcePatch } from '#lib/model/remediation-owner.ts';

type Owned = Extract<RemediationOwner, { readonly kind: 'owned' }>;

/**
 * Variables of aws-node as the source of their owner would set them.
 * Sources: Terraform AWS provider, aws_eks_addon; AWS CloudFormation, AWS::EKS::Addon; eks-charts, aws-vpc-cni values.yaml.
 */
export function settingsSource({ tool, of }: Owned, env: Readonly<Record<string, string>>, daemonSet: DaemonSet): SourcePatch {
  const managed = of.startsWith('add-on');
  switch (tool) {
    case 'terraform':
      if (!managed) return manifest('the manifest or the module that Terraform applies', env, daemonSet);
      return {
        format: 'terraform',
        where: 'Merge it into configuration_values of the aws_eks_addon resource of vpc-cni.',
        text: terraform(env),
      };
    case 'pulumi':
      if (!managed) return manifest('the program that Pulumi runs', env, daemonSet);
      return {
        format: 'json',
        where: 'Merge it into configurationValues of the Addon resource of vpc-cni in the program that Pulumi runs.',
        text: `${JSON.stringify({ env }, undefined, 2)}\n`,
      };
    case 'cloudformation':
      return {
        format: 'cloudformation',
        where: 'Merge it into the AWS::EKS::Addon resource of vpc-cni in the template of the stack.',
        text: cloudFormation(env),
      };
    case 'helm':
      return {
        format: 'helm-values',
        where: 'Merge it into the values of the release of the chart aws-vpc-cni, and upgrade the release.',
        text: stringify({ env }),
      };
    case 'argo-cd':
      return manifest('the source of the Argo CD Application (its Helm values, where it is a chart, under env)', env, daemonSet);
    case 'flux':
      return manifest(
        'the source of the Flux Kustomization or HelmRelease (its values, where it is a chart, under env)',
        env,
        daemonSet,
      );
  }
}

function terraform(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(([key, value]) => `    ${key} = ${JSON.stringify(value)}`);
  return ['configuration_values = jsonencode({', '  env = {', ...lines, '  }', '})', ''].join('\n');
}

function cloudFormation(env: Readonly<Record<string, string>>): string {
  return stringify({ Properties: { ConfigurationValues: JSON.stringify({ env }) } });
}

function manifest(where: string, env: Readonly<Record<string, string>>, { namespace, name }: DaemonSet): SourcePatch {
  const variables = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  const document = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [{ name: 'aws-node', env: variables }] } } },
  };
  return { format: 'manifest', where: `A patch for ${where}.`, text: stringify(document) };
}
