import https from 'node:https';
import { text } from 'node:stream/consumers';
import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import type { Entered } from './start.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface ApiClient {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
}

/** Enters a cluster's API server as EKS says, over Node's own TLS: the certificate is checked. */
export async function enterCluster({ eks }: Entered, name: string): Promise<ApiClient> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
  const server = cluster?.endpoint ?? '';
  const ca = Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString();
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const token = await eksToken({ region: 'eu-west-1', clusterName: name, credentials });
  const get = (path: string, headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}` }) => {
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
    https
      .get(`${server}${path}`, { ca, headers, agent: false }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body: parsed(body) }), reject);
      })
      .on('error', reject);
    return promise;
  };
  return { server, ca, token, get };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
