/** The monitoring-plugin convention. Source: Monitoring Plugins Development Guidelines, "Plugin Return Codes". */
export const EXIT = { ok: 0, warning: 1, critical: 2, unknown: 3, usage: 64 } as const;

export const FAIL_ON = ['warning', 'critical', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];
