/** Percent of a quota. */
export interface QuotaThresholds {
  readonly warningPercent: number;
  readonly criticalPercent: number;
}

export interface QuotaUse {
  readonly verdict: 'ok' | 'warning' | 'critical' | 'unknown';
  /** Of what was counted; to one decimal, rounded down. */
  readonly usedPercent: number;
}

/** How much of a quota is used. @param isLowerBound more than `used` may be used: then only the worst verdict is sure */
export function quotaUse(
  used: number,
  isLowerBound: boolean,
  quota: number,
  { warningPercent, criticalPercent }: QuotaThresholds,
): QuotaUse {
  const percent = quota > 0 ? (100 * used) / quota : 100;
  const usedPercent = Math.floor(percent * 10) / 10;
  if (percent >= criticalPercent) return { verdict: 'critical', usedPercent };
  if (isLowerBound) return { verdict: 'unknown', usedPercent };
  return { verdict: percent >= warningPercent ? 'warning' : 'ok', usedPercent };
}
