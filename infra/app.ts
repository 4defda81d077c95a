import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleAll } from '#infra/constructs/bundling.ts';
import { HubStack } from '#infra/hub-stack.ts';
import { MemberStack } from '#infra/member-stack.ts';
import { settingsFrom } from '#infra/settings.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new HubStack(app, 'CniwatchHub', {
  description: 'cniwatch: checks pod networking on a fleet of EKS clusters',
  settings: settingsFrom(app.node),
  bundles: await bundleAll(join(app.outdir, 'bundles')),
});
new MemberStack(app, 'CniwatchMember', {
  description: 'cniwatch: lets the hub of another account read the clusters of this one',
});
app.synth();
