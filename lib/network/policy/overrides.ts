import type { CustomResource } from '#lib/model/kubernetes.ts';
import { adminOverride, applicationOverride } from '#lib/network/policy/admin.ts';
import { calicoOverride } from '#lib/network/policy/calico.ts';
import { ciliumOverride } from '#lib/network/policy/cilium.ts';
import type { PolicyOverride } from '#lib/network/policy/override.ts';

/**
 * What policies of kinds beside networking.k8s.io could change. Left out are objects that are no policy by themselves, and those that
 * mirror one which is read elsewhere.
 */
export function compileOverrides(resources: readonly CustomResource[]): readonly PolicyOverride[] {
  return resources.flatMap((resource) => compileOverride(resource) ?? []);
}

function compileOverride(resource: CustomResource): PolicyOverride | undefined {
  switch (resource.apiVersion.split('/', 1)[0]) {
    case 'cilium.io':
      return ciliumOverride(resource);
    case 'crd.projectcalico.org':
    case 'projectcalico.org':
      return calicoOverride(resource);
  }
  return resource.kind === 'ApplicationNetworkPolicy' ? applicationOverride(resource) : adminOverride(resource);
}
