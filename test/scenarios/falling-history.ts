import type { History } from '#lib/model/history.ts';
import { NOW } from './slices.ts';

/** One series with a reading every five minutes of the day before NOW: `value` now, and `perHour` more in each hour before. */
export function fallingHistory(series: string, id: string, value: number, perHour: number): History {
  const points = Array.from({ length: 288 }, (_, index) => {
    const hoursAgo = 24 - index / 12;
    return {
      at: new Date(Date.parse(NOW) - hoursAgo * 3_600_000).toISOString(),
      value: Math.round(value + perHour * hoursAgo),
    };
  });
  return { points: (one, of) => (one === series && of === id ? points : []) };
}
