import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopbackCertificate } from '../../oracles/kubernetes/certificate.ts';
import { pythonTool } from '../../oracles/tools/python.ts';
import { freePorts, startServer } from '../../oracles/tools/server-process.ts';

/** The path of MiniStack of the version that requirements.txt pins. */
export async function miniStack(): Promise<string> {
  return join(await pythonTool('ministack', join(import.meta.dirname, 'requirements.txt')), 'ministack');
}

export interface MiniStack {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  /** Of the account's root. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What points the SDK and the CDK's command line of a child process at it, and trusts its certificate. */
  readonly environment: Readonly<Record<string, string>>;
  readonly certificate: string;
  /** Its own, gone when it stops. */
  readonly folder: string;
  log(): string;
  stop(): Promise<void>;
}

const ROOT = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/**
 * Starts MiniStack on the loopback address, with IAM enforced and TLS. Its Lambda functions are processes that inherit its environment:
 * `forFunctions` is how they find what MiniStack itself does not stand in for.
 */
export async function startMiniStack({
  account,
  region,
  forFunctions,
}: {
  account: string;
  region: string;
  forFunctions: Readonly<Record<string, string>>;
}): Promise<MiniStack> {
  const folder = await mkdtemp(join(tmpdir(), 'cniwatch-ministack-'));
  const { cert, key } = await loopbackCertificate();
  const [certFile, keyFile] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  const [port] = await freePorts(1);
  const endpoint = `https://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'MiniStack',
    command: await miniStack(),
    args: [],
    env: {
      AUTH: 'true',
      USE_SSL: '1',
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      MINISTACK_SSL_CERT: certFile,
      MINISTACK_SSL_KEY: keyFile,
      NODE_EXTRA_CA_CERTS: certFile,
      TMPDIR: folder,
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
      ...forFunctions,
    },
    ready: () => answers(endpoint, cert),
  });
  return {
    endpoint,
    account,
    region,
    credentials: ROOT,
    certificate: cert,
    folder,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
      NODE_EXTRA_CA_CERTS: certFile,
      AWS_CA_BUNDLE: certFile,
      // The CDK remembers the account of an access key below the home folder, and there is one of every emulator.
      HOME: folder,
      CDK_DISABLE_VERSION_CHECK: '1',
    },
    log: server.log,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answers(endpoint: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    https
      .get(`${endpoint}/_ministack/health`, { ca }, (response) => resolve(response.resume() !== undefined))
      .once('error', reject);
  });
}
