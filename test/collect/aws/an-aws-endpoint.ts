/** A scripted stand-in for EC2 and Auto Scaling (XML), EKS and Service Quotas (JSON), for answers that no honest one gives. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface AwsEndpoint {
  readonly url: string;
  /** `Action` of a form, the target of AWS JSON, or the path of an EKS request. */
  readonly operations: readonly string[];
  close(): Promise<void>;
}

/** Answers one request. `form` holds the parameters, also those of a JSON body. */
export type AwsReply = (response: ServerResponse, operation: string, form: URLSearchParams) => void;

export async function anAwsEndpoint(reply: AwsReply): Promise<AwsEndpoint> {
  const operations: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    const form = new URLSearchParams(target === undefined ? body : fieldsOf(body));
    const operation = target ?? form.get('Action') ?? `${request.method} ${request.url}`;
    operations.push(operation);
    reply(response, operation, form);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendXml(response: ServerResponse, operation: string, inner: string): void {
  response.writeHead(200, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(
    `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${inner}</${operation}Response>`,
  );
}

export function sendEc2Error(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
  );
}

export function sendEksError(response: ServerResponse, status: number, name: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': name });
  response.end(JSON.stringify({ message }));
}

function fieldsOf(body: string): Record<string, string> {
  return Object.fromEntries(Object.entries(JSON.parse(body) as object).map(([name, value]) => [name, String(value)]));
}
