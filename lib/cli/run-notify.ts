import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { useProfile } from '#lib/cli/aws.ts';
import { DEFAULT_FILE, readConfig } from '#lib/cli/config-file.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import type { NotifyOptions } from '#lib/cli/notify.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { type SendPorts, sender } from '#lib/publish/notify/send.ts';
import { targetName } from '#lib/publish/notify/target-name.ts';
import { testNotice } from '#lib/publish/notify/test-notice.ts';

/**
 * Sends each target a test message, by what the deployed hub sends with, and says what became of it.
 * @throws UsageError and ConfigInvalid
 */
export async function runNotify(
  options: NotifyOptions,
  { stdout, now }: System,
  connect?: SendPorts['connect'],
): Promise<number> {
  const file = options.config ?? DEFAULT_FILE;
  const targets = wanted((await readConfig(file)).notifications, options.target, file);
  useProfile(options.profile);
  const send = sender({
    sns: (region) => new SNSClient({ region }),
    secrets: (region) => new SecretsManagerClient({ region }),
    now,
    ...(connect && { connect }),
  });
  let code: number = EXIT.ok;
  for (const target of targets) {
    const name = targetName(target);
    const sent = await send(target, [testNotice(name, now())]);
    if (sent.outcome === 'sent') await stdout.write(`${name}: sent (${addressText(target)})\n`);
    else {
      code = EXIT.unknown;
      await stdout.write(`${name}: not sent: ${plainText(sent.reason)}\n  ${plainText(sent.remedy)}\n`);
    }
  }
  return code;
}

function wanted(targets: readonly NotificationTarget[], name: string | undefined, file: string): readonly NotificationTarget[] {
  if (targets.length === 0) throw new UsageError(`${file} names no targets: list them under notifications`);
  const found = name === undefined ? targets : targets.filter((target) => targetName(target) === name);
  if (found.length > 0) return found;
  throw new UsageError(`${file} has no target ${name}: it has ${targets.map(targetName).join(', ')}`);
}

/** A webhook by its host alone: the rest of its URL may be a secret. */
const addressText = (target: NotificationTarget): string =>
  target.kind === 'webhook' ? new URL(target.url).host : `${target.kind} ${target.topic}`;
