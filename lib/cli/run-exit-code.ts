import { EXIT, type FailOn } from '#lib/cli/exit-code.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';

/**
 * The exit code of a run. `failOn: 'critical'` lets warnings pass, never an unknown; `never` lets every verdict pass.
 * A run that could not look at all it was asked to look at is at least unknown, whatever `failOn` says.
 */
export function exitCode(verdicts: readonly Verdict[], { failOn, incomplete }: { failOn: FailOn; incomplete: boolean }): number {
  const judged = codeOf(worstVerdict(verdicts), failOn);
  return incomplete && judged !== EXIT.critical ? EXIT.unknown : judged;
}

function codeOf(verdict: Verdict, failOn: FailOn): number {
  if (failOn === 'never') return EXIT.ok;
  switch (verdict) {
    case 'critical':
      return EXIT.critical;
    case 'unknown':
      return EXIT.unknown;
    case 'warning':
      return failOn === 'critical' ? EXIT.ok : EXIT.warning;
    case 'ok':
    case 'not-applicable':
      return EXIT.ok;
  }
}
