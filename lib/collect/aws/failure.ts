import { type FailureCode, ReadFailure } from '#lib/model/failure.ts';

/** What was asked of AWS when the error came. */
export interface AwsRequest {
  /** The IAM action, as `ec2:DescribeSubnets`. */
  readonly action: string;
  readonly region?: string;
}

/** What the SDK's errors have in common; they are told apart by name, since each client has classes of its own. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/**
 * Error names by what the reader must do about them.
 * Sources: Amazon EC2 API Reference, "Error codes"; EKS API Reference, "Common errors"; AWS SDK for JavaScript v3, service error
 * classification (the throttling and transient names that its standard retry mode repeats).
 */
const NAMES: readonly { readonly code: FailureCode; readonly names: RegExp }[] = [
  { code: 'ExpiredCredentials', names: /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/ },
  {
    code: 'AccessDenied',
    names:
      /^(Client\.)?(UnauthorizedOperation|AccessDenied(Exception)?|NotAuthorized|OptInRequired|PendingVerification|Blocked)$/,
  },
  {
    code: 'Unauthorized',
    names:
      /^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken(Exception)?|RequestTimeTooSkewed)$/,
  },
  {
    code: 'Throttled',
    names:
      /^(Client\.)?(RequestLimitExceeded|Throttling(Exception)?|ThrottledException|TooManyRequestsException|RequestThrottled(Exception)?|EC2ThrottledException|BandwidthLimitExceeded|SlowDown|LimitExceededException)$/,
  },
  { code: 'NoCredentials', names: /^(CredentialsProviderError|TokenProviderError|ProviderError)$/ },
];

const REMEDIES: Readonly<Partial<Record<FailureCode, string>>> = {
  NoCredentials:
    'Give credentials the standard way: a profile (AWS_PROFILE), `aws sso login`, environment variables or a role on this machine.',
  ExpiredCredentials: 'Sign in again (`aws sso login`, or fresh temporary credentials) and run once more.',
  Unauthorized: 'Check the access key, its secret and session token, and that the clock of this machine is right.',
  Throttled: 'Run again later or less often: the account shares this limit with the CNI and the autoscaler.',
};

/** Turns whatever a call to AWS threw into a named failure. A ReadFailure passes as it is. */
export function awsFailure(error: unknown, request: AwsRequest): ReadFailure {
  if (error instanceof ReadFailure) return error;
  const { action } = request;
  const sdk = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  const name = sdk.name ?? '';
  const said = saidBy(sdk);
  const options = { cause: error };
  const code = codeOf(sdk, name);
  switch (code) {
    case 'AccessDenied':
      return new ReadFailure(code, `${action} was denied: ${said}`, grant(action, sdk), options);
    case 'NoCredentials':
      return new ReadFailure(code, `No AWS credentials were found for ${action}: ${said}`, remedy(code), options);
    case 'ExpiredCredentials':
      return new ReadFailure(code, `The AWS credentials expired before ${action}: ${said}`, remedy(code), options);
    case 'Unauthorized':
      return new ReadFailure(code, `AWS did not accept the credentials for ${action}: ${said}`, remedy(code), options);
    case 'Throttled':
      return new ReadFailure(code, `${action} was throttled on every attempt: ${said}`, remedy(code), options);
    case undefined:
      return transportFailure(sdk, name, request, options);
    default:
      return new ReadFailure(code, `${action} failed: ${said}`, remedy(code), options);
  }
}

function remedy(code: FailureCode): string {
  return REMEDIES[code] ?? 'Run again; if it stays, look at the AWS Health Dashboard.';
}

function codeOf(error: SdkError, name: string): FailureCode | undefined {
  // A lapsed SSO session and a lapsed assumed role come as provider errors; only their text tells.
  if (/ProviderError$/.test(name) && /expired/i.test(error.message ?? '')) return 'ExpiredCredentials';
  return NAMES.find(({ names }) => names.test(name))?.code;
}

/** The grant to add; an explicit deny or a service control policy is no missing grant. */
function grant(action: string, { message = '', name }: SdkError): string {
  if (name === 'OptInRequired' || name === 'PendingVerification' || name === 'Blocked')
    return 'Finish the sign-up of this AWS account or Region, or ask AWS Support.';
  if (/explicit deny/i.test(message))
    return `Remove the deny of ${action} that the message names: an explicit deny outweighs every grant.`;
  if (/service control policy|resource control policy|permissions boundary|session policy/i.test(message))
    return `Allow ${action} in the policy that the message names, as well as in the role's own.`;
  return `Allow the action ${action} in an IAM policy of the role that cniwatch runs with.`;
}

function transportFailure(error: SdkError, name: string, request: AwsRequest, options: ErrorOptions): ReadFailure {
  const { action, region = 'this Region' } = request;
  const said = saidBy(error);
  const network = 'Check the network path to the AWS API: the Region, DNS, a proxy, or a VPC endpoint for this service.';
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return new ReadFailure('ServiceError', `The API of ${action} has no address in ${region}: ${said}`, network, options);
  if (error.message === 'aborted' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new ReadFailure('TruncatedResponse', `The answer to ${action} was cut off: ${said}`, network, options);
  if (error.code !== undefined || name === 'TimeoutError')
    return new ReadFailure('ServiceError', `${action} did not reach AWS: ${said}`, network, options);
  if (error instanceof SyntaxError)
    return new ReadFailure('UnexpectedResponse', `The answer to ${action} is not what AWS sends: ${said}`, network, options);
  const status = error.$metadata?.httpStatusCode;
  const answer = `${name || 'an error'}${status === undefined ? '' : ` (HTTP ${status})`}`;
  return new ReadFailure('ServiceError', `${action} answered ${answer}: ${said}`, remedy('ServiceError'), options);
}

/** One line, bounded, and without the encoded authorization message, which only its own account can read. */
function saidBy({ message, name, code }: SdkError): string {
  const text = (message || code || name || 'no message')
    .replace(/\s*Encoded authorization failure message: \S+/, '')
    // The SDK's advice to its programmers.
    .replace(/\s*Deserialization error: to see the raw response.*/s, '');
  const line = text.replace(/\s+/g, ' ').trim();
  const bounded = line.length > 500 ? `${line.slice(0, 499)}…` : line;
  return /[.!?…]$/.test(bounded) ? bounded : `${bounded}.`;
}
