import { describe, expect, it } from 'vitest';
import { ipamd } from '#lib/collect/kubernetes/ipamd.ts';
import type { KubernetesGet } from '#lib/collect/kubernetes/reader.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { type FailureCode, ReadFailure } from '#lib/model/failure.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { aPod, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

const agent = (at: number, over: Partial<Pod> = {}) =>
  aPod({
    namespace: 'kube-system',
    name: `aws-node-${at}`,
    nodeName: `node-${at}`,
    labels: { 'k8s-app': 'aws-node' },
    phase: 'Running',
    ...over,
  });
const agents = (count: number) => Array.from({ length: count }, (_, at) => agent(at));
const fails = (code: FailureCode, message = 'what happened.') => {
  throw new ReadFailure(code, message, 'what to do.');
};

/** Reads these pods' nodes, each answered by `answer`; the pods that were asked, in order. */
async function read(pods: readonly Pod[], answer: (pod: string) => string) {
  const asked: string[] = [];
  const text = async ({ path }: KubernetesGet) => {
    const pod = /\/pods\/(.*):61678\/proxy\/metrics$/.exec(path)?.[1] ?? '';
    asked.push(pod);
    return answer(pod);
  };
  const sources = { kubernetes: { text } } as unknown as Sources;
  const outcome = await ipamd.collect(sources, aSnapshot({ pods: [...pods] }).slices).catch((error: unknown) => error);
  return { asked, outcome, readings: outcome as IpamdReading[] };
}

const SCRAPE = `# TYPE awscni_total_ip_addresses gauge
awscni_total_ip_addresses 29
awscni_assigned_ip_addresses 11
awscni_assigned_ip_per_cidr{cidr="10.0.0.32/28"} 4
awscni_assigned_ip_per_cidr{cidr="10.0.0.64/28"} 7
awscni_no_available_ip_addresses 3
awscni_ec2api_error_count{fn="AssignPrivateIpAddresses"} 5
awscni_aws_api_error_count{api="AssignPrivateIpAddresses",error="InsufficientCidrBlocks"} 4
awscni_aws_api_error_count{api="CreateNetworkInterface",error="RequestLimitExceeded"} 1
awscni_aws_api_latency_ms{api="CreateTags",error="false",status="200",quantile="0.5"} 120
awscni_aws_api_latency_ms_count{api="CreateTags",error="false",status="200"} 2
awscni_ipamd_startup_duration_seconds_bucket{success="true",le="1"} 1
go_goroutines 40
`;

describe('what ipamd says of itself', () => {
  it('is each metric summed over its labels, and the errors of AWS by API and code', async () => {
    const { readings } = await read([agent(1)], () => SCRAPE);
    expect(readings).toEqual([
      {
        nodeName: 'node-1',
        podName: 'aws-node-1',
        metrics: {
          awscni_total_ip_addresses: 29,
          awscni_assigned_ip_addresses: 11,
          awscni_assigned_ip_per_cidr: 11,
          awscni_no_available_ip_addresses: 3,
          awscni_ec2api_error_count: 5,
          awscni_aws_api_error_count: 5,
          awscni_aws_api_latency_ms_count: 2,
        },
        ec2Errors: {
          'AssignPrivateIpAddresses InsufficientCidrBlocks': 4,
          'CreateNetworkInterface RequestLimitExceeded': 1,
        },
      },
    ]);
  });

  it.each<[string, Pod]>([
    ['other pods', agent(1, { labels: { 'k8s-app': 'kube-dns' } })],
    ['agents that do not run', agent(1, { phase: 'Pending' })],
  ])('%s are not asked', async (_, pod) => {
    expect(await read([pod], () => SCRAPE)).toMatchObject({ asked: [], readings: [] });
  });

  it('the first and evenly spaced others stand for more than two hundred nodes', async () => {
    const { asked, readings } = await read(agents(1000), () => SCRAPE);
    expect(asked).toEqual(Array.from({ length: 200 }, (_, at) => `aws-node-${at * 5}`));
    expect(readings).toHaveLength(200);
    expect((await read(agents(200), () => SCRAPE)).asked).toHaveLength(200);
  });
});

describe('a node that does not answer', () => {
  it.each<[string, () => string, string]>([
    ['is gone or does not listen', () => fails('ServiceError', 'GET … answered 503.'), 'GET … answered 503.'],
    ['answers something else', () => '<html>Sign in</html>', 'Port 61678 answers without any metric of ipamd.'],
    ['answers without a metric of ipamd', () => 'go_goroutines 40', 'Port 61678 answers without any metric of ipamd.'],
    ['answers without end', () => fails('UnexpectedResponse', 'More than is read.'), 'More than is read.'],
  ])('%s: it is stated, and the others are read', async (_, answer, unread) => {
    const { readings } = await read(agents(3), (pod) => (pod === 'aws-node-1' ? answer() : SCRAPE));
    expect(readings.map((reading) => reading.unread)).toEqual([undefined, unread, undefined]);
    expect(readings[1]).toEqual({ nodeName: 'node-1', podName: 'aws-node-1', unread });
  });

  it('a dozen that hang are enough: the rest of the run is not waited away', async () => {
    const { asked, readings } = await read(agents(200), () => fails('DeadlineExceeded', 'Not within 5 s.'));
    expect(asked.length).toBeGreaterThanOrEqual(12);
    expect(asked.length).toBeLessThanOrEqual(15);
    expect(readings).toHaveLength(200);
    expect(readings.at(-1)?.unread).toBe('It was not asked, since 12 pods gave no answer in time.');
  });

  it('eleven that hang leave the others to be read', async () => {
    const { readings } = await read(agents(40), (pod) => (/-\d$|-10$/.test(pod) ? fails('DeadlineExceeded') : SCRAPE));
    expect(readings.filter(({ unread }) => unread === undefined)).toHaveLength(29);
  });
});

describe('a failure of the source, and not of each node', () => {
  it.each<FailureCode>(['Forbidden', 'Unauthorized'])('%s: the others are not asked', async (code) => {
    const { asked, outcome } = await read(agents(200), () => fails(code));
    expect(outcome).toMatchObject({ name: 'ReadFailure', code });
    expect(asked).toEqual(['aws-node-0']);
  });

  it('pods that were not read', async () => {
    const sources = {} as unknown as Sources;
    await expect(ipamd.collect(sources, aSnapshot({ pods: DENIED }).slices)).rejects.toMatchObject({ code: 'InputMissing' });
  });

  it('a fault of cniwatch is nobody’s silence', async () => {
    const { outcome } = await read([agent(1)], () => {
      throw new TypeError('a bug');
    });
    expect(outcome).toBeInstanceOf(TypeError);
  });
});
