import { prometheusSamples } from '#lib/collect/kubernetes/prometheus-text.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';

/**
 * Errors of AWS's APIs by `api` and `error`, its code. `awscni_ec2api_error_count` counts the same failures by `fn` alone.
 * Source: amazon-vpc-cni-k8s utils/prometheusmetrics/prometheusmetrics.go, pkg/awsutils/awsutils.go (awsAPIErrInc).
 */
const ERRORS = 'awscni_aws_api_error_count';

/** ipamd's own metrics out of a scrape, each summed over its labels; undefined where there is none of them. */
export function ipamdCounters(text: string): Required<Pick<IpamdReading, 'metrics' | 'ec2Errors'>> | undefined {
  const metrics: Record<string, number> = {};
  const ec2Errors: Record<string, number> = {};
  for (const { name, labels, value } of prometheusSamples(text)) {
    // Quantiles and buckets are no amounts that add up.
    if (!name.startsWith('awscni_') || 'quantile' in labels || 'le' in labels) continue;
    metrics[name] = (metrics[name] ?? 0) + value;
    if (name !== ERRORS) continue;
    const error = `${labels['api']} ${labels['error']}`;
    ec2Errors[error] = (ec2Errors[error] ?? 0) + value;
  }
  return Object.keys(metrics).length === 0 ? undefined : { metrics, ec2Errors };
}
