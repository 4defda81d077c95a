import type { ObjectPlace } from '#lib/collect/kubernetes/apply.ts';
import type { ManifestObject } from '#lib/onboard/manifest.ts';

/** The plural of each kind of an onboarding manifest, as in paths. Source: Kubernetes API reference. */
const PLURALS: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ResourceQuota: 'resourcequotas',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

/** @throws Error for a kind that no manifest of cniwatch has */
export function placeOf({ apiVersion, kind, metadata: { name, namespace } }: ManifestObject): ObjectPlace {
  const resource = PLURALS[kind];
  if (resource === undefined) throw new Error(`no manifest of cniwatch has objects of the kind ${kind}`);
  const [apiGroup, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const root = apiGroup === '' ? `/api/${version}` : `/apis/${apiGroup}/${version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return { path: `${root}${scope}/${resource}/${name}`, apiGroup: apiGroup ?? '', resource };
}
