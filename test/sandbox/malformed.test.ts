import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type ApiClient, enterCluster } from './kubernetes-client.ts';
import { type Entered, enter } from './start.ts';

let entered: Entered;
let media: ApiClient;
beforeAll(async () => {
  entered = await enter(embeddedFleet(new Date()));
  media = await enterCluster(entered, 'media-staging');
});
afterAll(() => entered?.[Symbol.asyncDispose]());

interface Malformed {
  readonly service: string;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask({ service, method = 'POST', target = '/', headers = {} }: Malformed): http.ClientRequest {
  const { hostname, port } = new URL(entered.sandbox.endpoint);
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-1/${service}/aws4_request, SignedHeaders=host`;
  return http.request({ hostname, port, method, path: target, headers: { authorization, ...headers }, agent: false });
}

async function answerOf(request: http.ClientRequest): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

const PUT = { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData' };
const eks = (target: string): Malformed => ({ service: 'eks', method: 'GET', target });
const ec2 = (body: string): Malformed => ({ service: 'ec2', body });
const metrics = (body: string): Malformed => ({ service: 'monitoring', headers: PUT, body });

describe('a request that no client would send is answered, and the sandbox goes on', () => {
  it.each<[string, Malformed, number, RegExp]>([
    ['an EC2 request without an action', ec2(''), 400, /<Code>InvalidAction</],
    ['an EC2 action that every object has', ec2('Action=constructor'), 400, /<Code>InvalidAction</],
    [
      'an EC2 filter that every object has',
      ec2('Action=DescribeVpcs&Filter.1.Name=constructor&Filter.1.Value.1=x'),
      400,
      /<Code>InvalidParameterValue</,
    ],
    [
      'an EC2 body that is not what its header says',
      { ...ec2('Action=DescribeVpcs'), headers: { 'content-encoding': 'gzip' } },
      500,
      /<Code>InternalError</,
    ],
    ['a path of EKS that is no text', eks('/clusters/%ff'), 500, /message/],
    ['a path of EKS without anything', eks('//'), 500, /message/],
    ['an add-on that every object has', eks('/clusters/shop-prod/addons/constructor'), 404, /No addon/],
    ['a page of EKS before the first', eks(`/clusters?nextToken=${btoa('sandbox:-2')}`), 400, /nextToken/],
    ['a page of EKS of half a name', eks('/clusters?maxResults=1.5'), 400, /maxResults/],
    ['metrics that are no JSON', metrics('{'), 400, /SerializationException/],
    ['metrics that are nothing', metrics('null'), 400, /SerializationException/],
    [
      'metrics that are no list',
      metrics('{"Namespace":"CNIWatch","MetricData":{"MetricName":"a"}}'),
      400,
      /SerializationException/,
    ],
    ['a metric that is nothing', metrics('{"Namespace":"CNIWatch","MetricData":[null]}'), 500, /InternalFailure/],
  ])('%s', async (_, malformed, status, body) => {
    const request = ask(malformed);
    request.end(malformed.body ?? '');
    expect(await answerOf(request)).toEqual({ status, body: expect.stringMatching(body) });
    await expect(entered.ec2.send(new DescribeVpcsCommand({}))).resolves.toBeDefined();
  });

  it('a request whose body never ends', async () => {
    const request = ask({ service: 'ec2', headers: { 'content-length': '100', expect: '100-continue' } });
    request.on('error', () => {});
    request.flushHeaders();
    await once(request, 'continue');
    request.destroy();
    await expect(entered.ec2.send(new DescribeVpcsCommand({}))).resolves.toBeDefined();
  });

  it('a path of Kubernetes without anything', async () => {
    const { hostname, port } = new URL(media.server);
    const request = https.request({ hostname, port, path: '//', ca: media.ca, agent: false });
    request.end();
    const { status, body } = await answerOf(request);
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'InternalError' });
    expect(await media.get('/api/v1/nodes')).toMatchObject({ status: 200 });
  });
});
