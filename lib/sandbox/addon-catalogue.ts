import { configurationSchema } from '#lib/sandbox/addon-configuration.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { EksAnswer } from '#lib/sandbox/eks.ts';
import type { JsonObject, World } from '#lib/sandbox/world.ts';

/** Versions beside those that the world's clusters run, the newest first. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'vpc-cni': ['v1.20.4-eksbuild.1', 'v1.20.3-eksbuild.1', 'v1.19.6-eksbuild.7', 'v1.18.6-eksbuild.1'],
  coredns: ['v1.12.4-eksbuild.1', 'v1.12.3-eksbuild.1', 'v1.11.4-eksbuild.24'],
};
const KUBERNETES = ['1.31', '1.32', '1.33', '1.34'];

/** DescribeAddonVersions and DescribeAddonConfiguration. Source: Amazon EKS API Reference. */
export function addonCatalogue(world: World, path: string | undefined, { searchParams }: URL): EksAnswer | undefined {
  const addonName = searchParams.get('addonName') ?? undefined;
  if (path === 'supported-versions')
    return {
      operation: 'DescribeAddonVersions',
      answer: () => ({ addons: versionsOf(world, addonName, searchParams.get('kubernetesVersion') ?? undefined) }),
    };
  if (path !== 'configuration-schemas') return undefined;
  return {
    operation: 'DescribeAddonConfiguration',
    answer() {
      const addonVersion = searchParams.get('addonVersion') ?? '';
      if (addonName === undefined || !known(world, addonName).includes(addonVersion))
        throw new AwsError('ResourceNotFoundException', `No addon configuration found for ${addonName} ${addonVersion}`, 404);
      return { addonName, addonVersion, configurationSchema: JSON.stringify(configurationSchema(addonName)) };
    },
  };
}

/** What UpdateAddon takes. */
export function known({ clusters }: World, addonName: string): readonly string[] {
  const running = clusters.flatMap(({ addons }) => {
    const { addonVersion } = (Object.hasOwn(addons, addonName) ? addons[addonName] : {}) as { readonly addonVersion?: string };
    return addonVersion ?? [];
  });
  return [...new Set([...running, ...(VERSIONS[addonName] ?? [])])].sort((one, other) =>
    other.localeCompare(one, 'en', { numeric: true }),
  );
}

function versionsOf(world: World, addonName: string | undefined, version: string | undefined): readonly JsonObject[] {
  const running = world.clusters.flatMap(({ addons }) => Object.keys(addons));
  const names = addonName === undefined ? [...new Set([...Object.keys(VERSIONS), ...running])] : [addonName];
  const compatible = KUBERNETES.filter((each) => version === undefined || each === version);
  return names
    .map((name) => ({
      addonName: name,
      type: 'networking',
      addonVersions: known(world, name).map((addonVersion, at) => ({
        addonVersion,
        compatibilities: compatible.map((clusterVersion) => ({
          clusterVersion,
          platformVersions: ['*'],
          defaultVersion: at === 0,
        })),
        requiresConfiguration: false,
      })),
    }))
    .filter(({ addonVersions }) => addonVersions.length > 0 && compatible.length > 0);
}
