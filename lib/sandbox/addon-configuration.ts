import { parse } from 'yaml';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { MANIFEST_ENV } from '#lib/sandbox/builder/system.ts';
import { isObject } from '#lib/sandbox/patch/json-object.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

const STRING = { type: 'string' };

/** Beside those of the manifest. Source: amazon-vpc-cni-k8s README.md, "CNI Configuration Variables". */
const MORE_ENV = [
  'WARM_IP_TARGET',
  'MINIMUM_IP_TARGET',
  'MAX_ENI',
  'ENI_CONFIG_ANNOTATION_DEF',
  'ENI_CONFIG_LABEL_DEF',
  'POD_SECURITY_GROUP_ENFORCING_MODE',
  'AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS',
  'AWS_VPC_K8S_CNI_LOGLEVEL',
  'AWS_VPC_K8S_CNI_RANDOMIZESNAT',
  'AWS_VPC_K8S_CNI_VETHPREFIX',
  'AWS_VPC_K8S_PLUGIN_LOG_LEVEL',
  'DISABLE_TCP_EARLY_DEMUX',
  'DISABLE_NETWORK_RESOURCE_PROVISIONING',
  'CLUSTER_NAME',
  'ENABLE_V4_EGRESS',
  'ENABLE_V6_EGRESS',
];

/** What DescribeAddonConfiguration gives, as far as it bounds what cniwatch writes: every value of `env` is a string. */
export function configurationSchema(addonName: string): JsonObject {
  const env = Object.fromEntries([...Object.keys(MANIFEST_ENV), ...MORE_ENV].map((name) => [name, STRING]));
  const common = { affinity: {}, tolerations: {}, resources: {}, podAnnotations: {}, podLabels: {} };
  const own: Readonly<Record<string, JsonObject>> = {
    'vpc-cni': {
      env: { type: 'object', additionalProperties: false, properties: env },
      enableNetworkPolicy: STRING,
      nodeAgent: {},
      init: {},
      eniConfig: {},
      livenessProbeTimeoutSeconds: {},
      readinessProbeTimeoutSeconds: {},
    },
    coredns: { corefile: STRING, replicaCount: { type: 'integer' }, autoScaling: {}, podDisruptionBudget: {} },
    'kube-proxy': { ipvs: {}, mode: STRING },
  };
  return {
    $schema: 'http://json-schema.org/draft-06/schema#',
    type: 'object',
    additionalProperties: false,
    properties: { ...common, ...own[addonName] },
  };
}

export interface Configuration {
  readonly env: Readonly<Record<string, string>>;
}

/** Reads an add-on's `configurationValues`, JSON or YAML. @throws AwsError InvalidParameterException where the schema refuses them */
export function readConfiguration(addonName: string, values: string | undefined): Configuration {
  let document: unknown;
  try {
    document = parse(values?.trim() ? values : '{}');
  } catch {
    throw invalid('the values are neither JSON nor YAML');
  }
  const wrong = refusal(document, configurationSchema(addonName), '$');
  if (wrong !== undefined) throw invalid(`Json schema validation failed with error: [${wrong}]`);
  return { env: ((document as JsonObject)['env'] ?? {}) as Readonly<Record<string, string>> };
}

function invalid(why: string): AwsError {
  return new AwsError('InvalidParameterException', `ConfigurationValue provided in request is not supported: ${why}`);
}

/** The few words of JSON Schema that the schema above uses. */
function refusal(value: unknown, schema: JsonObject, at: string): string | undefined {
  const { type, properties } = schema as { readonly type?: string; readonly properties?: Readonly<Record<string, JsonObject>> };
  const is = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  if (type !== undefined && type !== is) return `${at}: ${is} found, ${type} expected`;
  if (properties === undefined || !isObject(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined)
      return `${at}.${name}: is not defined in the schema and the schema does not allow additional properties`;
    const wrong = refusal(inner, known, `${at}.${name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
