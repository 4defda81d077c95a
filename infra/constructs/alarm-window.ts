import { Duration } from 'aws-cdk-lib';
import type { RunGaps } from '#lib/config/run-gaps.ts';

/** What an alarm looks at: a period holds about one run. */
export interface AlarmWindow {
  readonly period: Duration;
  readonly evaluationPeriods: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;
/**
 * An alarm looks back on a day, or on seven where its period is an hour or longer; a period is a day at most. In minutes.
 * Source: Amazon CloudWatch User Guide, "Alarm evaluation", evaluation periods.
 */
const LONGEST_WINDOW = 7 * DAY;

/** The period of alarms on what a run publishes. Minutes. */
export const runPeriod = ({ shortest }: RunGaps): number => Math.min(shortest, DAY);

/** Up to here the absence of a run can be told from a schedule that has none. Minutes. */
const LONGEST_GAP = 6 * DAY;

/**
 * How long no run may complete before somebody is told: the longest gap of the schedule, and two more of the shortest, within what an alarm
 * can look back on.
 * @throws Error for a schedule so sparse that no alarm could tell that its runs have stopped
 */
export function missingRunsWindow(gaps: RunGaps): AlarmWindow {
  if (gaps.longest > LONGEST_GAP)
    throw new Error(
      'schedules.check may leave more than six days without a run: no CloudWatch alarm looks back far enough to tell that runs have stopped. Let it run at least every six days.',
    );
  const window = gaps.longest + 2 * gaps.shortest;
  const every = runPeriod(gaps);
  const period = Math.ceil(window / every) * every > DAY ? Math.max(every, HOUR) : every;
  const evaluationPeriods = Math.min(Math.ceil(window / period), Math.floor(LONGEST_WINDOW / period));
  return { period: Duration.minutes(period), evaluationPeriods };
}
