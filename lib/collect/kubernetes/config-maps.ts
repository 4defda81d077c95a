import { object, text, textMap } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { ConfigMap } from '#lib/model/kubernetes.ts';

/** Those that checks read: cluster DNS and the VPC CNI's. Listing them all would read what is nobody's business. */
const READ: readonly { readonly namespace: string; readonly name: string }[] = [
  { namespace: 'kube-system', name: 'coredns' },
  { namespace: 'kube-system', name: 'node-local-dns' },
  { namespace: 'kube-system', name: 'amazon-vpc-cni' },
];

/** Bytes of an answer. An API server keeps no object above 1.5 MiB; JSON may write it longer. */
const LIMIT = 4 * 1024 * 1024;
/** Characters of one value: a hundred times what a Corefile has. */
const MOST_VALUE = 64 * 1024;

/** Each by its name. One that was refused is stated, and the others go on. */
export const configMaps = defineCollector({
  key: 'configMaps',
  needs: ['cluster'],
  permissions: {
    aws: [],
    kubernetes: [
      { apiGroup: '', resources: ['configmaps'], resourceNames: READ.map(({ name }) => name).sort(), verbs: ['get'] },
    ],
  },
  async collect({ kubernetes }) {
    const answers = await Promise.all(READ.map((at) => read(kubernetes, at)));
    const failures = answers.filter((answer) => answer instanceof ReadFailure);
    // None of them: a failure of the source, with its remedy.
    if (failures[0] !== undefined && failures.length === READ.length) throw failures[0];
    return answers.map((answer, at) =>
      answer instanceof ReadFailure ? { ...READ[at], name: READ[at]?.name ?? '', namespace: '', omitted: [] } : answer,
    );
  },
});
