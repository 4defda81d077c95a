import type { OwnerTool, RemediationOwner } from '#lib/model/remediation-owner.ts';

/** What an AWS resource or a Kubernetes object shows of its owner; undefined where it was not read. */
export interface OwnershipMarks {
  /** As `daemonset kube-system/aws-node`. */
  readonly of: string;
  readonly managers?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

type Pattern = readonly [tool: OwnerTool, key: RegExp, value?: RegExp];

/**
 * Field managers by the tool that writes under their name.
 * Sources: Argo CD documentation, "Server-Side Apply"; Flux kustomize-controller and helm-controller; Helm 3; hashicorp/kubernetes provider,
 * `field_manager`; Pulumi Kubernetes provider, "Server-Side Apply".
 */
const MANAGERS: readonly Pattern[] = [
  ['argo-cd', /^argocd-/],
  ['flux', /^(kustomize|helm)-controller$/],
  ['helm', /^helm$/],
  ['terraform', /^(terraform|hashicorp|opentofu)\b/i],
  ['pulumi', /^pulumi-/],
];

/**
 * Labels, annotations and tags. `app.kubernetes.io/managed-by: Helm` is none of them: the manifest of the VPC CNI that AWS publishes was
 * rendered from its chart and carries it, whoever applies it.
 * Sources: Argo CD documentation, "Resource Tracking"; Flux documentation, Kustomization and HelmRelease; Helm documentation, "Labels and
 * Annotations"; AWS CloudFormation User Guide, "Resource tags".
 */
const MARKS: readonly Pattern[] = [
  ['argo-cd', /^argocd\.argoproj\.io\//],
  ['flux', /^[a-z]+\.toolkit\.fluxcd\.io\//],
  ['helm', /^meta\.helm\.sh\/release-name$/],
  ['cloudformation', /^aws:cloudformation:stack-/],
  ['pulumi', /^pulumi(\.com\/|:)/i],
];

/** Terraform and OpenTofu mark nothing by themselves: these are what people tag their modules with. */
const CUSTOM_TAGS: readonly Pattern[] = [
  ['terraform', /^(terraform|opentofu)(:|$)/i, /^(?!false$|no$|0$)/i],
  ['terraform', /^(managed|created|provisioned|deployed)[-_ ]?(by|with)$|^provisioner$|^iac$/i, /terraform|opentofu|terragrunt/i],
  ['pulumi', /^(managed|created|provisioned|deployed)[-_ ]?(by|with)$|^provisioner$|^iac$/i, /pulumi/i],
];

/** The first tool of which there is a sign; a tool that applies beats one that only rendered. */
const STRONGEST_FIRST: readonly OwnerTool[] = ['argo-cd', 'flux', 'terraform', 'pulumi', 'cloudformation', 'helm'];

/** Who owns a thing that a plan changes, by the marks that its tool leaves on it. */
export function ownerOf(marks: OwnershipMarks): RemediationOwner {
  const signs = signsOf(marks);
  const tool = STRONGEST_FIRST.find((each) => signs.some((sign) => sign.tool === each));
  if (tool !== undefined)
    return { kind: 'owned', tool, of: marks.of, signs: signs.filter((sign) => sign.tool === tool).map(({ text }) => text) };
  const looked = Object.entries(LOOKED_AT).flatMap(([key, text]) => (marks[key as keyof typeof LOOKED_AT] ? [text] : []));
  if (looked.length === 0) return { kind: 'unknown', reason: `nothing that would tell who owns ${marks.of} was read` };
  return { kind: 'none', looked: `${looked.join(', ')} of ${marks.of}` };
}

/** Several things that one plan changes: an owner of any is the plan's, and one that is not known leaves it unknown. */
export function ownerOfAll(owners: readonly [RemediationOwner, ...RemediationOwner[]]): RemediationOwner {
  const [first, ...others] = owners;
  return (
    owners.find(({ kind }) => kind === 'owned') ??
    owners.find(({ kind }) => kind === 'unknown') ??
    others.reduce<RemediationOwner>(
      (all, each) =>
        all.kind === 'none' && each.kind === 'none' ? { kind: 'none', looked: `${all.looked}; ${each.looked}` } : all,
      first,
    )
  );
}

const LOOKED_AT = { managers: 'field managers', annotations: 'annotations', tags: 'tags' } as const;

interface Sign {
  readonly tool: OwnerTool;
  readonly text: string;
}

function signsOf({ managers = [], labels = {}, annotations = {}, tags = {} }: OwnershipMarks): readonly Sign[] {
  return [
    ...managers.flatMap((manager) => found(MANAGERS, 'field manager', manager)),
    ...Object.entries(labels).flatMap(([key, value]) => found(MARKS, 'label', key, value)),
    ...Object.entries(annotations).flatMap(([key, value]) => found(MARKS, 'annotation', key, value)),
    ...Object.entries(tags).flatMap(([key, value]) => found([...MARKS, ...CUSTOM_TAGS], 'tag', key, value)),
  ];
}

function found(patterns: readonly Pattern[], what: string, key: string, value?: string): readonly Sign[] {
  return patterns
    .filter(([, ofKey, ofValue]) => ofKey.test(key) && (ofValue === undefined || ofValue.test(value ?? '')))
    .map(([tool]) => ({ tool, text: `${what} ${key}${value === undefined ? '' : `=${value}`}` }));
}
