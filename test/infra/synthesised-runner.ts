import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { runnerStacks } from '#infra/constructs/runners.ts';
import type { Runner } from '#lib/config/runners.ts';
import type { Template } from '#test/infra/synthesised-hub.ts';

export const VPC = 'vpc-0a1b2c3d4e5f67890';

export function aRunner(over: Partial<Runner> = {}): Runner {
  return { vpc: VPC, region: 'eu-west-1', subnets: ['subnet-0a1b2c3d'], ...over };
}

/** The template of the first of these runners, once the rules of cdk-nag found nothing; its function is empty. */
export function synthesisedRunner(runners: readonly Runner[], hubRegion?: string): Template {
  const folder = mkdtempSync(join(tmpdir(), 'cniwatch-runner-'));
  try {
    const bundle = join(folder, 'bundle');
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'index.mjs'), '// runner');
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
    const app = new App({ outdir: join(folder, 'cdk.out'), context });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const [stack] = runnerStacks(app, { runners, bundle, hubRegion });
    return app.synth().getStackByName(stack?.stackName ?? '').template;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
