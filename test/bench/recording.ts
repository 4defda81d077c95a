import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { EC2Client } from '@aws-sdk/client-ec2';

interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A signed request as the SDK's last middleware has it. */
interface SignedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Records what this process asks of EKS, EC2 and Kubernetes. @returns what gives it as a configuration of curl */
export function startRecording(ec2: EC2Client): () => string {
  const requests: Recorded[] = [];
  const signed = new Map<string, string>();
  // The body is seen here and the address on the wire: the invocation's id joins them.
  const keepBody = ({ headers, body }: SignedRequest) => {
    if (typeof body === 'string') signed.set(headers['amz-sdk-invocation-id'] ?? '', body);
  };
  const late = { step: 'finalizeRequest', priority: 'low' } as const;
  ec2.middlewareStack.add(
    (next) => (args) => {
      keepBody(args.request as SignedRequest);
      return next(args);
    },
    late,
  );
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    const headers = Object.fromEntries(
      Object.entries(request.getHeaders()).map(([header, value]) => [header.toLowerCase(), String(value)]),
    );
    const body = signed.get(headers['amz-sdk-invocation-id'] ?? '-');
    requests.push({
      method: request.method,
      url: `${request.protocol}//${headers['host']}${request.path}`,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  });
  return () => requests.map(curlRequest).join('next\n');
}

function curlRequest({ method, url, headers, body }: Recorded): string {
  const kept = Object.entries(headers).filter(([header]) => !['content-length', 'connection', 'host'].includes(header));
  return [
    `url = ${JSON.stringify(url)}`,
    `request = ${method}`,
    'insecure',
    'silent',
    'show-error',
    'output = "/dev/null"',
    ...kept.map(([header, value]) => `header = ${JSON.stringify(`${header}: ${value}`)}`),
    ...(body === undefined ? [] : [`data-raw = ${JSON.stringify(body)}`]),
    '',
  ].join('\n');
}
