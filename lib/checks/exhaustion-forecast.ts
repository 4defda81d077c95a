import type { Judgement } from '#lib/model/finding.ts';
import type { Forecast } from '#lib/network/forecast/forecast.ts';

/** Hours. */
export interface ForecastThresholds {
  readonly warningHours: number;
  readonly criticalHours: number;
}

/** Beyond this nobody plans by the hour: it stands in the evidence alone. Hours. */
const WORTH_SAYING = 14 * 24;

/** What a forecast says of a subnet or a pool: one that cannot be made says nothing, since the free addresses are known all the same. */
export function forecastVerdict(
  forecast: Forecast,
  { warningHours, criticalHours }: ForecastThresholds,
): 'ok' | 'warning' | 'critical' {
  if (forecast.kind !== 'exhausts') return 'ok';
  if (forecast.hours < criticalHours) return 'critical';
  return forecast.hours < warningHours ? 'warning' : 'ok';
}

/** @param rate the name of what is lost in an hour, by what the forecast counts */
export function forecastEvidence(
  forecast: Forecast,
  rate: 'addressesPerHour' | 'cidrsPerHour' = 'addressesPerHour',
): Judgement['evidence'] {
  switch (forecast.kind) {
    case 'exhausts': {
      const { hours, earliestHours, latestHours, perHour } = forecast;
      return {
        hoursToExhaustion: tenths(hours),
        forecast: {
          earliestHours: tenths(earliestHours),
          latestHours: latestHours === null ? null : tenths(latestHours),
          [rate]: tenths(perHour),
        },
      };
    }
    case 'lasts':
      return { hoursToExhaustion: null, forecast: { lastsHours: Math.floor(forecast.horizonHours) } };
    case 'unknown':
      return { hoursToExhaustion: null, forecast: { unknown: forecast.reason } };
  }
}

/** `none is free in about 5.2 hours (3.9 at the earliest)`; nothing where it is far, or cannot be told. */
export function forecastClauses(forecast: Forecast): readonly string[] {
  if (forecast.kind !== 'exhausts' || forecast.hours > WORTH_SAYING || forecast.hours === 0) return [];
  return [`as things go, none is free in about ${span(forecast.hours)} (${span(forecast.earliestHours)} at the earliest)`];
}

/** When it hurts, where the forecast is what tells. */
export function timeToExhaustion(hours: number): NonNullable<Judgement['timeToImpact']> {
  if (hours === 0) return 'immediate';
  if (hours < 1) return 'minutes';
  return hours < 24 ? 'hours' : 'days';
}

function span(hours: number): string {
  if (hours < 1) return `${Math.floor(60 * hours)} minutes`;
  return hours < 72 ? `${tenths(hours)} hours` : `${tenths(hours / 24)} days`;
}

/** Rounded down: never later than it was computed. */
const tenths = (value: number): number => Math.floor(10 * value) / 10;
