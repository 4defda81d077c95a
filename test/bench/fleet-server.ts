/**
 * The fleet of `npm run bench -- --fleet`, served on loopback by a process of its own: AWS, the API servers and the bucket. Prints what
 * leads to it as one line of JSON; for each line on its standard input, one with the lowest levels of EC2's buckets and the requests so
 * far; and serves until its input ends. Usage: node test/bench/fleet-server.ts ACCOUNTS CLUSTERS-OF-EACH DELAY-MS
 */
import { createInterface } from 'node:readline';
import { startSandbox } from '#lib/sandbox/sandbox.ts';
import { hubEnvironment } from '#test/functions/run-pipeline.ts';
import { startS3 } from '#test/functions/s3-server.ts';
import { fleetWorlds } from '#test/scenarios/worlds/fleet.ts';

const [accounts = 1, clusters = 1, delayMs = 0] = process.argv.slice(2).map(Number);
const { home, members, config } = fleetWorlds(Array<number>(accounts).fill(clusters), new Date());
const [sandbox, s3] = await Promise.all([startSandbox(home, { members }), startS3()]);
// An answer from memory comes at once, which none of AWS or of an API server does.
if (delayMs > 0) sandbox.inject({ on: '*', answer: { kind: 'delay', ms: delayMs } });
s3.objects.set('config/cniwatch.yaml', Buffer.from(config));

const environment = hubEnvironment(sandbox.environment, s3.endpoint, home.account);
console.log(JSON.stringify({ environment, s3: s3.endpoint }));
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ lows: sandbox.lows(), calls: sandbox.calls() }));
}
await Promise.all([sandbox.close(), s3.close()]);
