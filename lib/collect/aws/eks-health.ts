import { present, texts } from '#lib/collect/aws/fields.ts';
import type { EksCluster } from '#lib/model/eks.ts';

interface Issue {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly resourceIds?: readonly string[] | undefined;
}

/** EKS's own judgement of a cluster, node group or add-on. */
export function healthIssues(issues: readonly Issue[] | undefined): EksCluster['healthIssues'] {
  return (issues ?? []).map(({ code, message, resourceIds }) => ({
    code: code ?? 'Unspecified',
    ...present({ message: message?.slice(0, 1024) }),
    resourceIds: texts(resourceIds),
  }));
}
