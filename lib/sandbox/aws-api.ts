import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { type AccessEntries, accessEntriesOf } from '#lib/sandbox/access-entries.ts';
import type { Accounts, MemberAccount } from '#lib/sandbox/accounts.ts';
import { answerAutoScaling } from '#lib/sandbox/auto-scaling.ts';
import { type Answer, type AwsService, awsData, awsFailure, send } from '#lib/sandbox/aws-answer.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { type PublishedMetric, readMetricData } from '#lib/sandbox/cloudwatch.ts';
import { answerEc2 } from '#lib/sandbox/ec2.ts';
import { type Ec2Query, parseEc2Query } from '#lib/sandbox/ec2-query.ts';
import { type BucketLow, Ec2Throttle } from '#lib/sandbox/ec2-throttle.ts';
import { type EksAnswer, type KubernetesEntry, routeEks } from '#lib/sandbox/eks.ts';
import type { Faults } from '#lib/sandbox/fault.ts';
import { sendFaulty } from '#lib/sandbox/faulty-answer.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import { answerMetricData } from '#lib/sandbox/metric-data.ts';
import { answerOrganizations, isOrganizationsOperation } from '#lib/sandbox/organizations.ts';
import type { RequestLog } from '#lib/sandbox/request-log.ts';
import { answerServiceQuotas } from '#lib/sandbox/service-quotas.ts';
import type { World } from '#lib/sandbox/world.ts';
import { writeEc2 } from '#lib/sandbox/writes/ec2-writes.ts';
import { xml } from '#lib/sandbox/xml.ts';

/** What is asked, and how to answer it. */
interface Call {
  readonly operation: string;
  answer(): string;
}

interface Parts {
  /** Of the caller's own account. */
  readonly world: World;
  readonly accounts: Accounts;
  readonly members: readonly MemberAccount[];
  /** What the worlds have become. */
  readonly lives: ReadonlyMap<World, LiveWorld>;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly now: () => Date;
  readonly entry: (cluster: string, world: World) => KubernetesEntry;
}

/** How empty a bucket of an account and Region once was. */
export interface AccountLow extends BucketLow {
  readonly account: string;
  readonly region: string;
}

/** A request, and the world that it is for. */
interface Asked {
  readonly service: AwsService;
  readonly request: IncomingMessage;
  readonly body: string;
  readonly world: World;
}

/** The AWS services behind one endpoint: a request's signature says which it is for. */
export class AwsApi {
  readonly #parts: Parts;
  readonly #throttles = new Map<World, Ec2Throttle>();
  readonly #accessEntries = new Map<World, AccessEntries>();
  readonly #metrics: PublishedMetric[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get metrics(): readonly PublishedMetric[] {
    return this.#metrics;
  }

  /** Of each account and Region that was asked, the lowest level of its EC2 buckets. */
  lows(): readonly AccountLow[] {
    return [...this.#throttles].flatMap(([{ account, region }, throttle]) =>
      throttle.lows().map((low) => ({ account, region, ...low })),
    );
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const service = serviceOf(request);
    if (service === undefined) {
      return send(response, { status: 403, headers: {}, body: 'The request is not signed for a service of the sandbox.' });
    }
    try {
      await this.#answer(service, request, response);
    } catch (error) {
      fail(service, error, response);
    }
  }

  async #answer(service: AwsService, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const world = this.#parts.accounts.worldOf(request, service);
    const refused = world instanceof AwsError;
    const call = this.#call({ service, request, body: await readBody(request), world: refused ? this.#parts.world : world });
    const operation = `${service === 'monitoring' ? 'cloudwatch' : service}:${call.operation}`;
    this.#parts.log.count(operation);
    const answer = () => (refused ? awsFailure(service, world) : answered(service, call));
    const fault = this.#parts.faults.strike(operation);
    if (fault === undefined) return send(response, answer());
    await sendFaulty(response, fault, {
      answer,
      refuse: ({ code, status, message }) => awsFailure(service, new AwsError(code, message ?? code, status)),
    });
  }

  #call({ service, request, body, world }: Asked): Call {
    const { entry, members, accounts } = this.#parts;
    switch (service) {
      case 'ec2': {
        const query = parseEc2Query(body);
        return { operation: query.action, answer: () => this.#ec2(query, world) };
      }
      case 'eks': {
        const url = new URL(request.url ?? '/', 'http://127.0.0.1');
        const { method = 'GET' } = request;
        const live = this.#live(world);
        const routed = routeEks(live, { method, url, body, accessEntries: this.#entries(world) }, (cluster) =>
          entry(cluster, world),
        );
        return routed === undefined
          ? unknownCall(`${method} ${url.pathname}`)
          : { operation: routed.operation, answer: () => this.#eks(routed, method, body) };
      }
      case 'sts': {
        const operation = new URLSearchParams(body).get('Action') ?? '';
        return { operation, answer: () => (operation === 'AssumeRole' ? accounts.assumeRole(body) : callerIdentity(world)) };
      }
      case 'organizations': {
        const operation = targetOf(request);
        return isOrganizationsOperation(operation)
          ? { operation, answer: () => answerOrganizations({ home: world, members }, operation, body) }
          : unknownCall(operation);
      }
      case 'autoscaling':
        return { operation: new URLSearchParams(body).get('Action') ?? '', answer: () => answerAutoScaling(world, body) };
      case 'servicequotas': {
        const operation = targetOf(request);
        return operation === 'GetServiceQuota' || operation === 'GetAWSDefaultServiceQuota'
          ? { operation, answer: () => answerServiceQuotas(world, operation, body) }
          : unknownCall(operation);
      }
      case 'monitoring': {
        const operation = targetOf(request);
        if (operation === 'GetMetricData') return { operation, answer: () => this.#metricData(body, world) };
        return operation === 'PutMetricData' ? { operation, answer: () => this.#putMetrics(body) } : unknownCall(operation);
      }
    }
  }

  #entries(world: World): AccessEntries {
    const entries = this.#accessEntries.get(world) ?? accessEntriesOf(world);
    this.#accessEntries.set(world, entries);
    return entries;
  }

  #putMetrics(body: string): string {
    for (const metric of readMetricData(body)) this.#metrics.push(metric);
    return '{}';
  }

  #metricData(body: string, world: World): string {
    const { now } = this.#parts;
    return answerMetricData({ history: world.metricHistory, published: this.#metrics, now: now().getTime() / 1000 }, body);
  }

  #live(world: World): LiveWorld {
    const live = this.#parts.lives.get(world);
    if (live === undefined) throw new Error('the sandbox does not serve this world');
    return live;
  }

  #eks({ operation, answer }: EksAnswer, method: string, body: string): string {
    const answered = JSON.stringify(answer());
    // ListInsights is asked by POST too.
    if (method !== 'GET' && operation !== 'ListInsights')
      this.#parts.log.wrote({ service: 'eks', operation, parameters: JSON.parse(body || '{}') });
    return answered;
  }

  #ec2(query: Ec2Query, world: World): string {
    const throttle = this.#throttles.get(world) ?? new Ec2Throttle(() => this.#parts.now().getTime());
    this.#throttles.set(world, throttle);
    if (!throttle.take(query)) throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    const live = this.#live(world);
    const written = writeEc2(live, query);
    if (written === undefined) return answerEc2(live.world, query);
    this.#parts.log.wrote({ service: 'ec2', operation: query.action, parameters: query.parameters });
    return written;
  }
}

function answered(service: AwsService, call: Call): Answer {
  try {
    return awsData(service, call.answer());
  } catch (error) {
    if (error instanceof AwsError) return awsFailure(service, error);
    throw error;
  }
}

/** A request that cannot be read, or a flaw of the sandbox, ends itself alone and not the server. */
function fail(service: AwsService, error: unknown, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  send(response, awsFailure(service, new AwsError(service === 'ec2' ? 'InternalError' : 'InternalFailure', String(error), 500)));
}

/** AWS JSON names the operation in a header: `ServiceQuotasV20190624.GetServiceQuota`. */
function targetOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
}

function unknownCall(operation: string): Call {
  return {
    operation,
    answer() {
      throw new AwsError('UnknownOperationException', `The sandbox does not answer ${operation}.`, 404);
    },
  };
}

const SERVICES: readonly AwsService[] = ['ec2', 'eks', 'sts', 'monitoring', 'autoscaling', 'servicequotas', 'organizations'];

/** The credential scope ends in `/<service>/aws4_request`. Source: AWS IAM User Guide, "Signature Version 4". */
function serviceOf({ headers }: IncomingMessage): AwsService | undefined {
  const service = /Credential=[^,]*\/([a-z0-9-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
  return SERVICES.find((known) => known === service);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const body = await buffer(request);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}

function callerIdentity({ account }: World): string {
  return xml('GetCallerIdentityResponse', {
    GetCallerIdentityResult: {
      Arn: `arn:aws:sts::${account}:assumed-role/cniwatch/sandbox`,
      UserId: 'AROASANDBOX:sandbox',
      Account: account,
    },
    ResponseMetadata: { RequestId: 'sandbox' },
  });
}
