import { freePorts, startServer } from '../tools/server-process.ts';
import { motoServer } from './moto.ts';

export interface Moto {
  readonly endpoint: string;
  /** moto takes any. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For a child process. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface MotoOptions {
  /** The one account of every caller; without it, 123456789012 and those whose roles are assumed. */
  readonly account?: string;
  readonly region: string;
}

const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/** Starts moto's server on the loopback address, empty but for the default VPC that it gives every Region. */
export async function startMoto({ account, region }: MotoOptions): Promise<Moto> {
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'moto',
    command: await motoServer(),
    args: ['-H', '127.0.0.1', '-p', String(port)],
    env: {
      ...(account === undefined ? {} : { MOTO_ACCOUNT_ID: account }),
      // An unknown instance type is refused, as EC2 does.
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: '1',
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
    },
    ready: async () => (await fetch(`${endpoint}/moto-api/`)).ok,
  });
  return {
    endpoint,
    credentials: CREDENTIALS,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: region,
    },
    stop: server.stop,
  };
}
