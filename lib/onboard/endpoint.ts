import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { bodyBeginning } from '#lib/collect/kubernetes/body-beginning.ts';
import { type JsonObject, object, text } from '#lib/collect/kubernetes/json.ts';
import { unreachable } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import type { Symptom } from '#lib/onboard/symptom.ts';

export interface EndpointPorts {
  /** All addresses of a host; rejects as Node's own. */
  readonly lookup: (host: string) => Promise<readonly LookupAddress[]>;
  readonly now: () => Date;
}

/** AWS refuses a signature that is older than this, and EKS a token of 15 minutes. Source: IAM User Guide, "Signature Version 4". Milliseconds. */
const MOST_SKEW = 5 * 60_000;
const ODD_SKEW = 60_000;

/** Whether the API server has an address, answers over TLS, and has the same time. Asks without credentials being needed. */
export async function examineEndpoint(cluster: Cluster, { lookup, now }: EndpointPorts): Promise<readonly Symptom[]> {
  const { server } = cluster.connection;
  const host = new URL(server).hostname.replace(/^\[(.*)\]$/, '$1');
  const dns = await resolve(host, lookup, cluster);
  if (dns.verdict !== 'ok') return [dns];
  const request = { operation: 'GET /version', apiGroup: '', resource: 'version', server, advice: cluster.advice };
  try {
    const { status, headers, body } = await cluster.connection.get('/version', {}, 'application/json', cluster.signal);
    const version = status === 200 ? text(parsed((await bodyBeginning(body, 4096)).text)['gitVersion']) : undefined;
    body.destroy();
    const said = `${server} answers over TLS${version === undefined ? '' : `, Kubernetes ${version}`}`;
    return [dns, { id: 'endpoint', verdict: 'ok', said }, ...clockOf(headers.date, now())];
  } catch (error) {
    cluster.signal.throwIfAborted();
    const { message, remedy } = unreachable(error as Error, request);
    return [dns, { id: 'endpoint', verdict: 'critical', said: message, remedy }];
  }
}

async function resolve(host: string, lookup: EndpointPorts['lookup'], { advice }: Cluster): Promise<Symptom> {
  if (isIP(host)) return { id: 'dns', verdict: 'ok', said: `${host} needs no DNS` };
  try {
    const addresses = await lookup(host);
    return { id: 'dns', verdict: 'ok', said: `${host} is ${addresses.map(({ address }) => address).join(', ')}` };
  } catch (error) {
    const { code = 'no answer' } = error as NodeJS.ErrnoException;
    return { id: 'dns', verdict: 'critical', said: `${host} has no address here (${code})`, remedy: advice.unreachable };
  }
}

/** HTTP gives whole seconds. */
function clockOf(date: string | undefined, now: Date): readonly Symptom[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const skew = now.getTime() - theirs;
  const seconds = Math.round(Math.abs(skew) / 1000);
  const verdict = Math.abs(skew) > MOST_SKEW ? 'critical' : Math.abs(skew) > ODD_SKEW ? 'warning' : 'ok';
  if (verdict === 'ok') return [{ id: 'clock', verdict, said: `within ${Math.max(1, seconds)} s of the API server's` }];
  const said = `${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the API server's`;
  return [
    {
      id: 'clock',
      verdict,
      said,
      remedy: 'Set the clock of this machine (NTP): AWS refuses signatures more than 5 minutes off.',
    },
  ];
}

function parsed(body: string): JsonObject {
  try {
    return object(JSON.parse(body));
  } catch {
    return {};
  }
}
