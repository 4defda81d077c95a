import { type JsonObject, object, objects, text } from '#lib/collect/kubernetes/json.ts';
import { podsOf } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { CILIUM_AGENT } from '#lib/model/cilium-agent.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Bytes of a pod's object. */
const LIMIT = 256 * 1024;
const MOST = 500;

/**
 * The last of what an agent wrote before it ended: the end of its log stands in its pod, since Cilium's chart sets
 * `terminationMessagePolicy: FallbackToLogsOnError`. Nothing where it cannot be had: that the agent does not run is known already.
 */
export async function lastWordsOf(
  { kubernetes }: Pick<Sources, 'kubernetes'>,
  { namespace, name }: Pick<Pod, 'namespace' | 'name'>,
): Promise<{ readonly lastWords?: string }> {
  const { path, ...pods } = podsOf(namespace);
  try {
    const pod = await kubernetes.get({ ...pods, path: `${path}/${encodeURIComponent(name)}`, limit: LIMIT });
    const lastWords = pod && lastLine(terminationMessage(pod));
    return lastWords ? { lastWords } : {};
  } catch (error) {
    if (error instanceof ReadFailure) return {};
    throw error;
  }
}

function terminationMessage(pod: JsonObject): string {
  const statuses = objects(object(pod['status'])['containerStatuses']);
  const agent = statuses.find(({ name }) => name === CILIUM_AGENT) ?? {};
  for (const state of [agent['state'], agent['lastState']]) {
    const message = text(object(object(state)['terminated'])['message']);
    if (message) return message;
  }
  return '';
}

/** The line that says why: the last that is fatal or an error, in the formats of logrus and of slog; else the last of all. */
function lastLine(log: string): string | undefined {
  const lines = log
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter(Boolean);
  const line = lines.findLast((one) => /level"?[=:]"?(fatal|panic)/i.test(one)) ?? lines.findLast(isError) ?? lines.at(-1);
  return line !== undefined && line.length > MOST ? `${line.slice(0, MOST - 1)}…` : line;
}

const isError = (line: string) => /level"?[=:]"?error/i.test(line);
