import type { ServerResponse } from 'node:http';
import type { AwsError } from '#lib/sandbox/aws-error.ts';
import { xml } from '#lib/sandbox/xml.ts';

export type AwsService = 'ec2' | 'eks' | 'sts' | 'monitoring' | 'autoscaling' | 'servicequotas' | 'organizations';

/** A body and how to send it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CONTENT_TYPES: Readonly<Record<AwsService, string>> = {
  ec2: 'text/xml;charset=UTF-8',
  sts: 'text/xml',
  eks: 'application/json',
  monitoring: 'application/x-amz-json-1.0',
  autoscaling: 'text/xml',
  servicequotas: 'application/x-amz-json-1.1',
  organizations: 'application/x-amz-json-1.1',
};

export function awsData(service: AwsService, body: string): Answer {
  return { status: 200, headers: { 'content-type': CONTENT_TYPES[service] }, body };
}

/** An error in the protocol of its service: EC2 query, AWS query, REST JSON, AWS JSON. */
export function awsFailure(service: AwsService, { code, message, status }: AwsError): Answer {
  const headers = { 'content-type': CONTENT_TYPES[service] };
  const error = { Code: code, Message: message };
  switch (service) {
    case 'ec2':
      return { status, headers, body: xml('Response', { Errors: { Error: error }, RequestID: 'sandbox' }) };
    case 'sts':
    case 'autoscaling':
      return { status, headers, body: xml('ErrorResponse', { Error: { Type: 'Sender', ...error }, RequestId: 'sandbox' }) };
    case 'eks':
      return { status, headers: { ...headers, 'x-amzn-errortype': code }, body: JSON.stringify({ message }) };
    case 'servicequotas':
    case 'organizations':
      return { status, headers, body: JSON.stringify({ __type: code, message }) };
    case 'monitoring':
      return {
        status,
        headers: { ...headers, 'x-amzn-query-error': `${code};Sender` },
        body: JSON.stringify({ __type: code, message }),
      };
  }
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}
