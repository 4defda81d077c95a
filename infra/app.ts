import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AlarmsStack } from '#infra/alarms-stack.ts';
import { bundleAll } from '#infra/constructs/bundling.ts';
import { runnerStacks } from '#infra/constructs/runners.ts';
import { HubStack } from '#infra/hub-stack.ts';
import { MemberStack } from '#infra/member-stack.ts';
import { settingsFrom } from '#infra/settings.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const settings = settingsFrom(app.node);
const bundles = await bundleAll(join(app.outdir, 'bundles'));
new HubStack(app, 'CniwatchHub', {
  description: 'cniwatch: checks pod networking on a fleet of EKS clusters',
  settings,
  bundles,
});
new MemberStack(app, 'CniwatchMember', {
  description: 'cniwatch: lets the hub of another account read the clusters of this one',
});
new AlarmsStack(app, 'CniwatchAlarms', { description: 'cniwatch: alarms on findings, and the dashboard of the fleet', settings });
runnerStacks(app, {
  runners: settings.config.runners,
  bundle: bundles['check-cluster'],
  hubRegion: process.env['CDK_DEFAULT_REGION'],
});
app.synth();
