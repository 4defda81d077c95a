import { generate } from 'selfsigned';

export interface ServerCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** PEM of what a client must trust. */
  readonly authority: string;
}

/** A certificate of 127.0.0.1 and localhost that lasts a day, signed by itself. */
export async function makeCertificate(now: Date): Promise<ServerCertificate> {
  const day = 24 * 3600_000;
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'cniwatch-sandbox' }], {
    keyType: 'ec',
    notBeforeDate: new Date(now.getTime() - day),
    notAfterDate: new Date(now.getTime() + day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { certificate: cert, key, authority: cert };
}
