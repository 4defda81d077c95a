/**
 * One whole check in a fresh process: discovery, collection, evaluation. Prints its figures as one line of JSON.
 * Usage: node test/bench/check.ts --region R --cluster C [--kubeconfig F] [--record F]; AWS settings come from the environment.
 * With --record, what was asked is written there as a configuration of curl, and the figures mean nothing.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { awsClients } from '#lib/collect/aws/clients.ts';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { kubeconfigAccess } from '#lib/collect/kubernetes/kubeconfig-access.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { discoverCluster } from '#lib/discover/discover.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import { startRecording } from '#test/bench/recording.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { region: text, cluster: text, kubeconfig: text, record: text } });
const { region = '', cluster: name = '', kubeconfig, record } = values;
const clients = awsClients({ region });
const recorded = record === undefined ? undefined : startRecording(clients.ec2);

const cpuAtStart = process.cpuUsage();
const start = performance.now();
const target = await discoverCluster({ region, name }, clients);
const kubernetes =
  kubeconfig === undefined
    ? eksAccess({ target, credentials: clients.eks.config.credentials })
    : kubeconfigAccess({ path: kubeconfig });
const snapshot = await collect(target, { aws: clients, kubernetes, deadlineMs: 600_000 });
const collected = performance.now();
const assessment = evaluate(snapshot, { config: defaultConfig() });
const end = performance.now();
const cpu = process.cpuUsage(cpuAtStart);
// A second time, as a Lambda that stays warm does it.
evaluate(snapshot, { config: defaultConfig() });
const again = performance.now();

const calls: Record<string, number> = {};
for (const collector of assessment.collectors) {
  for (const [call, count] of Object.entries(collector.calls)) calls[call] = (calls[call] ?? 0) + count;
}
if (record !== undefined && recorded !== undefined) writeFileSync(record, recorded());
console.log(
  JSON.stringify({
    wallMs: end - start,
    cpuMs: (cpu.user + cpu.system) / 1000,
    evaluateMs: end - collected,
    evaluateAgainMs: again - end,
    peakMb: process.resourceUsage().maxRSS / 1024,
    verdict: assessment.verdict,
    findings: assessment.findings.length,
    unread: snapshot.collectors.filter(({ ok }) => !ok).map(({ id, reason }) => `${id}: ${reason}`),
    calls,
  }),
);
process.exit(0);
