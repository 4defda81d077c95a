import pLimit from 'p-limit';
import { sample } from '#lib/collect/kubernetes/pod-sample.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Fewer than the connection's sockets: pods that hang must not keep the lists waiting. */
const AT_ONCE = 4;
/** Pods that do not answer in time before the others are left out: two hundred time-outs would use up the whole run. */
const MOST_SILENT = 12;

export interface Question {
  /** TCP port of the pod. */
  port(pod: Pod): number;
  /** Below the pod's own root, without a leading slash. */
  readonly path: string;
  /** Bytes of an answer. */
  readonly limit: number;
  /** Pods that are asked in one run; of more, an evenly spaced sample. */
  readonly most: number;
}

/** What a pod answered, or why there is no answer. */
export interface Proxied {
  readonly pod: Pod;
  readonly answer: { readonly text: string } | { readonly unread: string };
}

/**
 * Asks pods through the API server's proxy. A pod that does not answer is stated, and the others go on.
 * @throws ReadFailure where nobody may ask: a failure of the source, and not of a pod
 */
export async function askPods(kubernetes: KubernetesReader, pods: readonly Pod[], question: Question): Promise<Proxied[]> {
  const [first, ...others] = sample(pods, question.most);
  if (first === undefined) return [];
  const silent = { count: 0 };
  const ask = async (pod: Pod): Promise<Proxied> => ({ pod, answer: await answerOf(kubernetes, pod, question, silent) });
  // Alone: where nobody may ask, it is refused once and not by every pod.
  const answer = await ask(first);
  return [answer, ...(await pLimit(AT_ONCE).map(others, ask))];
}

async function answerOf(
  kubernetes: KubernetesReader,
  pod: Pod,
  { port, path, limit }: Question,
  silent: { count: number },
): Promise<Proxied['answer']> {
  if (silent.count >= MOST_SILENT) return { unread: `It was not asked, since ${MOST_SILENT} pods gave no answer in time.` };
  const address = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${port(pod)}/proxy/${path}`;
  try {
    return { text: await kubernetes.text({ path: address, apiGroup: '', resource: 'pods/proxy', limit }) };
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.code === 'Forbidden' || error.code === 'Unauthorized') throw error;
    if (error.code === 'DeadlineExceeded') silent.count += 1;
    return { unread: error.message };
  }
}
