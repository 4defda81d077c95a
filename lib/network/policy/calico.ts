import * as z from 'zod';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { compileCalicoSelector } from '#lib/network/policy/calico-selector.ts';
import { allOf } from '#lib/network/policy/match.ts';
import { type OverrideSubject, overrideRef, type PolicyOverride } from '#lib/network/policy/override.ts';
import type { Labels } from '#lib/network/policy/selectors.ts';

const calicoPolicy = z.object({
  selector: z.string().default(''),
  namespaceSelector: z.string().default(''),
  types: z.array(z.string()).default([]),
  ingress: z.array(z.unknown()).default([]),
  egress: z.array(z.unknown()).default([]),
});

/** Of Kubernetes' NetworkPolicies, which Calico's API shows among its own. Source: libcalico-go, K8sNetworkPolicyNamePrefix. */
const MIRROR = 'knp.default.';

/**
 * A policy of Calico. Tiers and orders decide among them and NetworkPolicies, and rules may deny, so that it can change anything.
 * A GlobalNetworkPolicy may also select the host endpoints that a host-network pod speaks by.
 * Source: Calico documentation, "Network policy" and "Global network policy".
 */
export function calicoOverride(resource: CustomResource): PolicyOverride | undefined {
  const { kind, name, namespace } = resource;
  if (kind === 'Tier' || name.startsWith(MIRROR)) return undefined;
  const spec = calicoPolicy.safeParse(resource.spec).data;
  const { selector = '', namespaceSelector = '', types = ['Ingress', 'Egress'], ingress = [], egress = [] } = spec ?? {};
  const [pods, namespaces] = [compileCalicoSelector(selector), compileCalicoSelector(namespaceSelector)];
  const global = kind === 'GlobalNetworkPolicy';
  return {
    ref: overrideRef(resource),
    power: 'overrides',
    egress: types.includes('Egress') || (types.length === 0 && egress.length > 0),
    // The default is ingress, unless there are egress rules alone.
    ingress: types.includes('Ingress') || (types.length === 0 && (ingress.length > 0 || egress.length === 0)),
    podReads: pods.reads,
    selects: (subject) => {
      if (subject.hostNetwork) return global && 'not-evaluated';
      const inNamespace = global ? namespaces.matches(ofNamespace(subject)) : subject.namespace === namespace;
      return allOf([
        inNamespace,
        pods.reads.some(({ key }) => DERIVED.test(key)) ? 'not-evaluated' : pods.matches(ofPod(subject)),
      ]);
    },
  };
}

/** Labels that Calico makes of the namespace's and of the service account's. */
const DERIVED = /^pcns\.|^pcsa\.|^projectcalico\.org\/serviceaccount$/;

/** Source of what Calico adds to both: libcalico-go lib/backend/k8s/conversion. */
function ofPod({ namespace, labels }: OverrideSubject): Labels {
  const own = { 'projectcalico.org/namespace': namespace, 'projectcalico.org/orchestrator': 'k8s' };
  return { labels: { ...labels.labels, ...own }, whole: labels.whole };
}

function ofNamespace({ namespace, namespaceLabels: { labels, whole } }: OverrideSubject): Labels {
  return { labels: { ...labels, 'projectcalico.org/name': namespace }, whole };
}
