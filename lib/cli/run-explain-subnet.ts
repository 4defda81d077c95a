import { EXIT } from '#lib/cli/exit-code.ts';
import type { ExplainSubnetOptions } from '#lib/cli/explain-subnet.ts';
import { subnetDocument } from '#lib/cli/explain-subnet-document.ts';
import { subnetText } from '#lib/cli/explain-subnet-text.ts';
import { readOneSnapshot, requireRead } from '#lib/cli/one-snapshot.ts';
import { coloured, type System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { editDistance } from '#lib/config/nearest.ts';
import type { Subnet } from '#lib/model/ec2.ts';

/** Reads a cluster or a Snapshot, explains one of its subnets, and answers with the exit code. */
export async function runExplainSubnetCommand(wanted: string, options: ExplainSubnetOptions, system: System): Promise<number> {
  const snapshot = await readOneSnapshot(options, system);
  if (snapshot === undefined) return EXIT.unknown;
  const subnet = findSubnet(wanted, requireRead(snapshot.slices.subnets), snapshot.target.name);
  const document = subnetDocument(snapshot, subnet, requireRead(snapshot.slices.cluster));
  const { stdout, env } = system;
  await stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : subnetText(document, { width: stdout.columns ?? 100, colour: coloured(stdout, env) }),
  );
  return document.unread.length === 0 ? EXIT.ok : EXIT.unknown;
}

/** @throws UsageError that names the nearest ones where there is none, or all where a name is that of several */
function findSubnet(wanted: string, subnets: readonly Subnet[], cluster: string): Subnet {
  const byId = subnets.find(({ subnetId }) => subnetId === wanted);
  if (byId !== undefined) return byId;
  const named = subnets.filter(({ tags }) => tags['Name'] === wanted);
  const [first] = named;
  if (first !== undefined && named.length === 1) return first;
  if (named.length > 1) throw new UsageError(`"${wanted}" is the name of several subnets: give one of ${listed(named)}`);
  throw new UsageError(`the VPC of ${cluster} has no subnet "${wanted}": the nearest are ${listed(nearestTo(wanted, subnets))}`);
}

const SHOWN = 5;

function nearestTo(wanted: string, subnets: readonly Subnet[]): readonly Subnet[] {
  const distance = ({ subnetId, tags }: Subnet): number =>
    Math.min(editDistance(wanted, subnetId), editDistance(wanted, tags['Name'] ?? subnetId));
  return subnets
    .map((subnet) => ({ subnet, far: distance(subnet) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, SHOWN)
    .map(({ subnet }) => subnet);
}

const listed = (subnets: readonly Subnet[]): string =>
  subnets.map(({ subnetId, tags }) => (tags['Name'] ? `${subnetId} (${tags['Name']})` : subnetId)).join(', ');
