import { expect, test } from 'vitest';
import { type OwnershipMarks, ownerOf } from '#lib/remediate/owners.ts';

const of = 'daemonset kube-system/aws-node';
test.each<[string, Omit<OwnershipMarks, 'of'>, object]>([
  ['Argo CD by its field manager', { managers: ['argocd-controller'] }, { kind: 'owned', tool: 'argo-cd' }],
  ['Argo CD by its tracking', { annotations: { 'argocd.argoproj.io/tracking-id': 'net:x' } }, { kind: 'owned', tool: 'argo-cd' }],
  ['Flux by a label', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'net' } }, { kind: 'owned', tool: 'flux' }],
  [
    'Flux that applies a chart',
    { managers: ['helm-controller'], annotations: { 'meta.helm.sh/release-name': 'c' } },
    { tool: 'flux' },
  ],
  ['a Helm release', { annotations: { 'meta.helm.sh/release-name': 'aws-vpc-cni' } }, { kind: 'owned', tool: 'helm' }],
  ['Terraform by its field manager', { managers: ['Terraform'] }, { kind: 'owned', tool: 'terraform' }],
  ['Terraform by a tag', { tags: { 'managed-by': 'Terraform' } }, { kind: 'owned', tool: 'terraform' }],
  ['Terraform by its own tag', { tags: { Terraform: 'true' } }, { kind: 'owned', tool: 'terraform' }],
  ['a stack', { tags: { 'aws:cloudformation:stack-name': 'net' } }, { kind: 'owned', tool: 'cloudformation' }],
  ['Pulumi', { managers: ['pulumi-kubernetes'] }, { kind: 'owned', tool: 'pulumi' }],
  ['a tag that denies it', { tags: { Terraform: 'false' } }, { kind: 'none' }],
  [
    "the chart's own label, which the published manifest has",
    { managers: ['kubectl'], labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
    { kind: 'none' },
  ],
  [
    'EKS and kubectl',
    { managers: ['eks', 'kubectl-set'], annotations: {} },
    { kind: 'none', looked: `field managers, annotations of ${of}` },
  ],
  ['nothing that was read', { labels: {} }, { kind: 'unknown' }],
])('%s', (_, marks, owner) => expect(ownerOf({ of, ...marks })).toMatchObject(owner));
