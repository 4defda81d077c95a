import { generateKeyPairSync } from 'node:crypto';
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM; it is its own authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

/** A certificate for the loopback address that clients trust by name of its own. */
export async function loopbackCertificate(): Promise<Certificate> {
  const issued = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    curve: 'P-256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: issued.cert, key: issued.private };
}

/** A PEM key that signs service account tokens; nothing here uses one, but the server wants it. */
export function serviceAccountKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }) as string;
}
