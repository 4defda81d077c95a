const STS = 'https://sts.eu-west-1.amazonaws.com';

/** What a presigned request to STS looks like, as far as EKS looks at it before it asks STS. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  Action: 'GetCallerIdentity',
  Version: '2011-06-15',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'AKIDEXAMPLE/20261124/eu-west-1/sts/aws4_request',
  'X-Amz-Date': '20261124T030000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  'X-Amz-Signature': '0'.repeat(64),
};

export function bearer(parameters: Readonly<Record<string, string>> = PARAMETERS, origin = STS, path = '/'): string {
  return bearerOf(`${origin}${path}?${new URLSearchParams(parameters)}`);
}

export function bearerOf(text: string): string {
  return `Bearer k8s-aws-v1.${Buffer.from(text).toString('base64url')}`;
}
