import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutSecrets } from '#lib/collect/probes/without-secrets.ts';
import { AWS_CONFLIST } from '#lib/sandbox/builder/node-files.ts';

const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl';

test.each<[string, string, string]>([
  ['a token of Calico', '{"policy":{"k8s_auth_token": "abc"}}', '{"policy":{"k8s_auth_token": "hidden"}}'],
  ['a password with a quotation mark', '{"password":"a\\"b","x":"y"}', '{"password":"hidden","x":"y"}'],
  ['a key in capitals', '{"ETCD_KEY":"x"}', '{"ETCD_KEY":"hidden"}'],
  ['a token under any name', `{"note":"${JWT}"}`, '{"note":"hidden"}'],
  ['a token in what is no JSON', `token: ${JWT}\n{`, 'token: hidden\n{'],
  ['nothing of what the VPC CNI writes', AWS_CONFLIST, AWS_CONFLIST],
])('%s', (_, content, expected) => {
  expect(withoutSecrets(content)).toBe(expected);
});

test('JSON stays JSON, with the same keys, and a second time changes nothing', () => {
  const keysOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, inner]) => [key, keysOf(inner)])
      : typeof value;
  const key = fc.oneof(fc.constantFrom('type', 'token', 'password', 'a "key"', 'cert\\'), fc.string());
  const document = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.string()));
  fc.assert(
    fc.property(document, fc.constantFrom(undefined, 2), (value, indent) => {
      const content = JSON.stringify(value, null, indent);
      const without = withoutSecrets(content);
      expect(keysOf(JSON.parse(without))).toEqual(keysOf(JSON.parse(content)));
      expect(withoutSecrets(without)).toBe(without);
    }),
  );
});

test('no text makes it slow', () => {
  for (const text of ['"key'.repeat(4_000), `"${'key'.repeat(5_000)}`, `"key"${' '.repeat(16_000)}`, '"key":"\\'.repeat(2_000)])
    expect(withoutSecrets(text).length).toBeGreaterThan(0);
});
