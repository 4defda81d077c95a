import { randomBytes } from 'node:crypto';
import { requireAlone } from '#lib/collect/probes/canary-alone.ts';
import { planCanary } from '#lib/collect/probes/canary-place.ts';
import { canaryQuestions } from '#lib/collect/probes/canary-questions.ts';
import { runCanary } from '#lib/collect/probes/canary-run.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { dataOf } from '#lib/model/slice.ts';

/** Where the manifest of docs/permissions.md lets it. */
const NAMESPACE = 'cniwatch-canary';

/** Pods of our own that tell what a new pod meets. After the lists, so that these do not hold them. */
export const canary = defineCollector({
  key: 'canary',
  needs: ['cluster', 'nodes', 'pods', 'events', 'services', 'endpointSlices'],
  optIn: true,
  permissions: {
    aws: [],
    kubernetes: [
      { apiGroup: '', resources: ['pods'], verbs: ['create', 'get', 'list', 'delete'], namespace: NAMESPACE },
      { apiGroup: '', resources: ['services'], verbs: ['create', 'list', 'delete'], namespace: NAMESPACE },
      { apiGroup: '', resources: ['pods/log'], verbs: ['get'], namespace: NAMESPACE },
    ],
  },
  async collect(sources, slices) {
    const { canary: settings } = sources.settings;
    const turn = Math.floor(sources.now().getTime() / 60_000);
    const nodes = dataOf(slices.nodes);
    const lifetime = Math.ceil(2 * settings.timeoutSeconds + 60);
    await requireAlone(sources, { namespace: settings.namespace, lifetime });
    const { ipFamily, ...questions } = canaryQuestions(settings, slices, turn);
    const seen = await runCanary(sources, {
      run: { id: randomBytes(5).toString('hex'), settings, lifetime },
      plan: planCanary(settings, nodes, turn),
      nodes: nodes ?? [],
      questions,
    });
    const { image, namespace, mode, timeoutSeconds, egress } = settings;
    return { image, namespace, mode, timeoutSeconds, ipFamily, egress: [...egress], ...seen };
  },
});
