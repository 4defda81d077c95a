import { type Definition, type Execution, execute } from '#test/infra/state-machine.ts';

/** What a hub's functions find in their environment, of a sandbox's own environment and an S3. */
export function hubEnvironment(
  sandbox: Readonly<Record<string, string>>,
  s3Endpoint: string,
  account: string,
): Readonly<Record<string, string>> {
  return {
    ...sandbox,
    AWS_ENDPOINT_URL_S3: s3Endpoint,
    CNIWATCH_ACCOUNT: account,
    CNIWATCH_BUCKET: 'cniwatch-runs',
    CNIWATCH_TABLE: 'cniwatch-state',
    CNIWATCH_EVENT_BUS: 'cniwatch',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
}

export interface PipelineRun {
  readonly execution: Execution;
  readonly id: string;
  /** Milliseconds of each check-cluster. */
  readonly checkMs: readonly number[];
  /** The most of them at the same time. */
  readonly atOnce: number;
}

/** Runs the definition once with the real handlers, which find where to go in the environment. */
export async function runPipeline(definition: Definition, s3Endpoint: string): Promise<PipelineRun> {
  const handlers: Record<string, (event: never, context: never) => Promise<unknown>> = {
    Discover: (await import('#functions/discover.ts')).handler,
    CheckCluster: (await import('#functions/check-cluster.ts')).handler,
    Summarise: (await import('#functions/summarise.ts')).handler,
  };
  const checkMs: number[] = [];
  let [running, atOnce] = [0, 0];
  const invoke = async (id: string, payload: unknown): Promise<unknown> => {
    const name = id.replace(/Function[0-9A-F]{8}$/, '');
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`no function ${id}`);
    const call = () => handler(payload as never, { getRemainingTimeInMillis: () => 900_000 } as never);
    if (name !== 'CheckCluster') return call();
    running += 1;
    atOnce = Math.max(atOnce, running);
    const start = performance.now();
    try {
      return await call();
    } finally {
      checkMs.push(performance.now() - start);
      running -= 1;
    }
  };
  const readItems = async (_bucket: string, key: string) =>
    (await (await fetch(`${s3Endpoint}/cniwatch-runs/${key}`)).json()) as readonly unknown[];
  const Execution = {
    StartTime: '2026-11-24T08:00:00.000Z',
    Name: 'fleet',
    Id: 'arn:aws:states:eu-west-1:111111111111:execution:Hub:fleet',
  };
  const execution = await execute(definition, { invoke, readItems }, { Execution }, {});
  return { execution, id: '2026-11-24T080000.000Z-fleet', checkMs, atOnce };
}
