import { containerGone, type ExecRequest, execFailed } from '#lib/collect/kubernetes/exec-failure.ts';
import { object, objects, text } from '#lib/collect/kubernetes/json.ts';
import type { ReadFailure } from '#lib/model/failure.ts';

interface Outcome {
  readonly exitCode: number;
  /** What the runtime says in place of the command. */
  readonly said?: string;
}

/** What a shell answers for a command that it does not find. Source: POSIX, "Shell Command Language", 2.8.2. */
const NOT_FOUND = 127;

/**
 * How a command ended, by the metav1.Status that closes its channel.
 * Source: k8s.io/apimachinery/pkg/util/remotecommand (NonZeroExitCode, ExitCode).
 */
export function execOutcome(status: string, request: ExecRequest): Outcome | ReadFailure {
  const { status: result, reason, message, details } = parsed(status);
  if (result === 'Success') return { exitCode: 0 };
  // The API server says it, and each kubelet says it again.
  const said = text(message)?.replace(/^(Internal error occurred: )+/, '') ?? 'without a word';
  const code = objects(object(details)['causes']).find((cause) => cause['reason'] === 'ExitCode')?.['message'];
  if (reason === 'NonZeroExitCode' && typeof code === 'string' && /^\d{1,3}$/.test(code)) return { exitCode: Number(code) };
  // Words of runc and crun, which start the command.
  if (/executable file not found|exec: .*no such file or directory/i.test(said)) return { exitCode: NOT_FOUND, said };
  if (/container not found|container .*(not running|not created|exited)/i.test(said)) return containerGone(said, request);
  return execFailed(said, request);
}

function parsed(status: string) {
  try {
    return object(JSON.parse(status));
  } catch {
    return {};
  }
}
