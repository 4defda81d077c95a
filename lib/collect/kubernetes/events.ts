import { interner } from '#lib/collect/kubernetes/intern.ts';
import { type JsonObject, message, number, object, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { Event } from '#lib/model/kubernetes.ts';

/** Warnings only: normal events are many times more, and name no trouble. */
export const events = defineCollector({
  key: 'events',
  needs: ['cluster'],
  permissions: kubernetesLists('', 'events'),
  collect({ kubernetes }) {
    const { text: shared } = interner();
    const list = { path: '/api/v1/events', apiGroup: '', resource: 'events', query: { fieldSelector: 'type!=Normal' } };
    return kubernetes.list(list, (item) => toEvent(item, shared));
  },
});

function toEvent(item: JsonObject, shared: <T extends string | undefined>(value: T) => T): Event {
  const { namespace, createdAt } = metadata(item);
  const involved = object(item['involvedObject']);
  const series = object(item['series']);
  const eventTime = text(item['eventTime']);
  return {
    namespace: shared(namespace),
    reason: shared(text(item['reason']) ?? ''),
    message: shared(message(item['message']) ?? ''),
    involved: {
      kind: shared(text(involved['kind']) ?? ''),
      name: shared(text(involved['name']) ?? ''),
      ...present({ namespace: shared(text(involved['namespace'])) }),
    },
    count: Math.max(number(item['count']) ?? 0, number(series['count']) ?? 0, 1),
    ...present({
      sourceHost: shared(text(object(item['source'])['host']) || undefined),
      firstSeen: shared(text(item['firstTimestamp']) ?? eventTime ?? (createdAt || undefined)),
      lastSeen: shared(text(series['lastObservedTime']) ?? text(item['lastTimestamp']) ?? eventTime ?? (createdAt || undefined)),
    }),
  };
}
