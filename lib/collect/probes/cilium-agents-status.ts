import * as z from 'zod';
import { message, present } from '#lib/collect/kubernetes/json.ts';
import { parsedJson } from '#lib/collect/probes/cilium-agents-json.ts';
import type { CiliumComponent, CiliumStatus } from '#lib/model/cilium-agent.ts';

/** Controllers that are kept by name. */
const MOST_CONTROLLERS = 50;

const state = z.object({ state: z.string(), msg: z.string().nullish() });

/** The part of StatusResponse that is read. Source: cilium api/v1/openapi.yaml, "StatusResponse". */
const statusResponse = z.object({
  cilium: state,
  kubernetes: state.nullish(),
  kvstore: state.nullish(),
  'container-runtime': state.nullish(),
  'cni-file': state.nullish(),
  cluster: z.object({ ciliumHealth: state.nullish() }).nullish(),
  controllers: z
    .array(
      z.object({
        name: z.string().nullish(),
        // Fields that are zero or empty are left out.
        status: z
          .object({ 'consecutive-failure-count': z.number().nullish(), 'last-failure-msg': z.string().nullish() })
          .nullish(),
      }),
    )
    .nullish(),
  stale: z.record(z.string(), z.string()).nullish(),
  ipam: z.object({ status: z.string().nullish() }).nullish(),
});
type StatusResponse = z.infer<typeof statusResponse>;

/** What `cilium-dbg status -o json` printed, reduced; or a clause that says why it is none. */
export function ciliumStatusOf(stdout: string): CiliumStatus | { readonly malformed: string } {
  const response = parsedJson(stdout, statusResponse);
  return 'malformed' in response ? response : reduced(response.parsed);
}

function reduced(response: StatusResponse): CiliumStatus {
  const controllers = response.controllers ?? [];
  const failing = controllers
    .map(({ name = '', status }) => ({
      name: message(name) ?? '',
      failures: status?.['consecutive-failure-count'] ?? 0,
      ...present({ message: message(status?.['last-failure-msg'] || undefined) }),
    }))
    .filter(({ failures }) => failures > 0)
    .sort((a, b) => b.failures - a.failures || (a.name < b.name ? -1 : 1));
  return {
    components: componentsOf(response),
    controllers: controllers.length,
    failing: failing.length,
    failingControllers: failing.slice(0, MOST_CONTROLLERS),
    stale: Object.entries(response.stale ?? {}).map(([name, since]) => ({
      name: message(name) ?? '',
      since: message(since) ?? '',
    })),
    ...present({ ipam: message(response.ipam?.status) }),
  };
}

function componentsOf(response: StatusResponse): CiliumComponent[] {
  const parts = {
    cilium: response.cilium,
    kubernetes: response.kubernetes,
    kvstore: response.kvstore,
    'container-runtime': response['container-runtime'],
    'cni-file': response['cni-file'],
    'cilium-health': response.cluster?.ciliumHealth,
  };
  return Object.entries(parts).flatMap(([name, part]) =>
    part == null ? [] : [{ name, state: message(part.state) ?? '', ...present({ message: message(part.msg || undefined) }) }],
  );
}
