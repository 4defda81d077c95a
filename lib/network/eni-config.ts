import type { Node } from '#lib/model/kubernetes.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/**
 * The ENIConfig that a node asks for under custom networking, first hit wins.
 * Source: amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go.
 */
export function eniConfigName(
  { labels, annotations }: Node,
  { eniConfigAnnotation, eniConfigLabel }: Pick<VpcCniSettings, 'eniConfigAnnotation' | 'eniConfigLabel'>,
): string {
  return labels['vpc.amazonaws.com/externalEniConfig'] || annotations[eniConfigAnnotation] || labels[eniConfigLabel] || 'default';
}
