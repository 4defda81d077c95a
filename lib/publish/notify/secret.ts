import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** So long is a secret kept in memory: one that was changed is used within that time. Milliseconds. */
const KEPT_MS = 5 * 60_000;

/** The key of a webhook's signature could not be had; `remedy` says what to do. */
export class SecretUnavailable extends Error {
  override readonly name = 'SecretUnavailable';
  readonly remedy: string;
  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

export interface Secrets {
  /** The text of a secret, by its ARN. @throws SecretUnavailable */
  get(arn: string): Promise<string | Uint8Array>;
  /** It was refused: the next one is read anew. */
  forget(arn: string): void;
}

/** Secrets of Secrets Manager, each in the Region of its ARN. */
export function secretsManager(clientOf: (region: string) => SecretsManagerClient, now: () => Date): Secrets {
  const kept = new Map<string, { readonly value: string | Uint8Array; readonly until: number }>();
  return {
    async get(arn) {
      const known = kept.get(arn);
      if (known !== undefined && known.until > now().getTime()) return known.value;
      const value = await read(clientOf(arn.split(':')[3] ?? ''), arn);
      kept.set(arn, { value, until: now().getTime() + KEPT_MS });
      return value;
    },
    forget: (arn) => void kept.delete(arn),
  };
}

async function read(client: SecretsManagerClient, arn: string): Promise<string | Uint8Array> {
  try {
    const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    const value = SecretString ?? SecretBinary;
    if (value !== undefined && value.length > 0) return value;
  } catch (error) {
    const { name } = error as Error;
    throw new SecretUnavailable(`the secret ${arn} could not be read (${name})`, REMEDIES[name] ?? PASSING);
  }
  throw new SecretUnavailable(`the secret ${arn} is empty`, 'Give it a value: aws secretsmanager put-secret-value.');
}

const PASSING = 'It is tried again in the next minutes.';
const REMEDIES: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'Make the secret, or name another one in cniwatch.yaml and deploy with it.',
  InvalidRequestException: 'Is it marked for deletion? aws secretsmanager restore-secret brings it back.',
  DecryptionFailure: 'Allow the role of the notify function kms:Decrypt in the policy of the key.',
  AccessDeniedException:
    'Deploy with this cniwatch.yaml (-c config=cniwatch.yaml), which lets the role of the notify function read the secret; a key of your own must allow it kms:Decrypt.',
};
