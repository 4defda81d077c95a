import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { send } from '#lib/sandbox/aws-answer.ts';
import { whyUnauthorized } from '#lib/sandbox/eks-bearer.ts';
import type { Faults } from '#lib/sandbox/fault.ts';
import { sendFaulty } from '#lib/sandbox/faulty-answer.ts';
import { answerKubernetes, status } from '#lib/sandbox/kubernetes.ts';
import type { RequestLog } from '#lib/sandbox/request-log.ts';
import type { World } from '#lib/sandbox/world.ts';

interface Parts {
  readonly world: World;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly now: () => Date;
}

/** The API servers of a world's clusters, each below `/clusters/<name>`. */
export function kubernetesListener({ world, log, faults, now }: Parts): RequestListener {
  const clusters = new Map(world.clusters.map((cluster) => [cluster.name, cluster]));
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const [, name = '', path = ''] = /^\/clusters\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    const operation = `${request.method} ${path}`;
    log.count(operation);
    const answer = () => {
      const refusal = whyUnauthorized(request.headers.authorization, now());
      if (refusal !== undefined) return status(401, 'Unauthorized', 'Unauthorized');
      const cluster = clusters.get(name);
      if (cluster === undefined) return status(404, 'NotFound', `the sandbox has no cluster ${name}`);
      if (request.method !== 'GET')
        return status(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
      return answerKubernetes(cluster, { path, parameters: url.searchParams, accept: request.headers.accept ?? '' });
    };
    const fault = faults.strike(operation, name);
    if (fault === undefined) return send(response, answer());
    await sendFaulty(response, fault, {
      answer,
      refuse: ({ code, status: httpStatus, message }) => status(httpStatus, code, message ?? code),
    });
  };
  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, status(500, 'InternalError', `Internal error occurred: ${error}`));
    });
  };
}
