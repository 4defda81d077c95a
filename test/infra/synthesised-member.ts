import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { MemberStack } from '#infra/member-stack.ts';
import type { Template } from '#test/infra/synthesised-hub.ts';

/** The template for a further account, once the rules of cdk-nag found nothing. */
export function synthesisedMember(): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'cniwatch-member-'));
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ outdir, context });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { stackName } = new MemberStack(app, 'Member');
  const { template } = app.synth().getStackByName(stackName);
  rmSync(outdir, { recursive: true });
  return template;
}
