import type { IncomingMessage } from 'node:http';
import type { AwsService } from '#lib/sandbox/aws-answer.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { World } from '#lib/sandbox/world.ts';
import { xml } from '#lib/sandbox/xml.ts';

/** An account beside that of the caller, with a role that the caller may assume. */
export interface MemberAccount {
  /** The name of the role. */
  readonly role: string;
  /** What the role's trust policy asks for. */
  readonly externalId?: string;
  /** One for each Region that is enabled in the account. */
  readonly worlds: readonly [World, ...World[]];
  /** In the organization. */
  readonly name?: string;
  /** In the organization: ACTIVE by default. */
  readonly state?: string;
  /** The id of its organizational unit; it is in the root by default. */
  readonly ou?: string;
}

/** Source: AWS Account Management Reference Guide, on credentials in Regions that are not enabled. */
const TOKEN_INVALID = 'The security token included in the request is invalid.';
const HOUR = 60 * 60 * 1000;

/** Who asks, by the access key of the request: the caller's own account, or one whose role was assumed. */
export class Accounts {
  readonly #home: World;
  readonly #members: readonly MemberAccount[];
  readonly #now: () => Date;
  readonly #entered = new Map<string, MemberAccount>();

  constructor(home: World, members: readonly MemberAccount[], now: () => Date) {
    this.#home = home;
    this.#members = members;
    this.#now = now;
  }

  /** The world that the request is for. A Region that the account has not enabled knows none of its credentials. */
  worldOf({ headers }: IncomingMessage, service: AwsService): World | AwsError {
    const [, key = '', region = ''] = /Credential=([A-Z0-9]+)\/\d+\/([a-z0-9-]+)\//.exec(headers.authorization ?? '') ?? [];
    const member = this.#entered.get(key);
    if (member === undefined) return this.#home;
    return member.worlds.find((world) => world.region === region) ?? unknownKey(service);
  }

  /**
   * STS's AssumeRole. @throws AwsError in the same words whether the role is not there or asks for another external id
   * Source: STS API reference, AssumeRole.
   */
  assumeRole(body: string): string {
    const given = new URLSearchParams(body);
    const [arn = '', session = ''] = [given.get('RoleArn') ?? '', given.get('RoleSessionName') ?? ''];
    const [, account, role] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
    const member = this.#members.find((each) => each.worlds[0].account === account && each.role === role);
    if (member === undefined || (member.externalId !== undefined && member.externalId !== given.get('ExternalId'))) {
      const caller = `arn:aws:sts::${this.#home.account}:assumed-role/cniwatch/sandbox`;
      const message = `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
      throw new AwsError('AccessDenied', message, 403);
    }
    const key = `ASIASANDBOX${String(this.#entered.size).padStart(9, '0')}`;
    this.#entered.set(key, member);
    return xml('AssumeRoleResponse', {
      AssumeRoleResult: {
        AssumedRoleUser: {
          AssumedRoleId: `AROASANDBOX:${session}`,
          Arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
        },
        Credentials: {
          AccessKeyId: key,
          SecretAccessKey: 'sandbox-secret-of-nobody',
          SessionToken: `sandbox-session-${key}`,
          Expiration: new Date(this.#now().getTime() + HOUR).toISOString(),
        },
      },
      ResponseMetadata: { RequestId: 'sandbox' },
    });
  }
}

function unknownKey(service: AwsService): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
    case 'sts':
    case 'autoscaling':
      return new AwsError('InvalidClientTokenId', TOKEN_INVALID, 403);
    default:
      return new AwsError('UnrecognizedClientException', TOKEN_INVALID, 403);
  }
}
