import { type CniConfigFile, MOST_CONFIG_BYTES } from '#lib/model/node-probe.ts';
import { configOrder } from '#lib/network/cni-config/config-order.ts';
import { type NetworkConfig, networkConfig } from '#lib/network/cni-config/network-config.ts';
import { isMeantBeside } from '#lib/network/cni-config/plugin-needs.ts';
import { doubt, type FileFindings, NOTHING, problem, together } from '#lib/network/cni-config/problem.ts';

const DIRECTORY = '/etc/cni/net.d';

/** The configuration that the container runtime goes by. */
export interface DecidingConfig extends FileFindings {
  /** In the order of the runtime. */
  readonly order: readonly CniConfigFile[];
  /** Where it can be used. */
  readonly network: NetworkConfig | undefined;
}

/**
 * Judges the first configuration, and those behind it that nobody reads.
 * @param networkReady whether the kubelet says that the container runtime has a network; undefined where it says nothing
 */
export function decidingConfig(
  files: readonly CniConfigFile[],
  directories: readonly string[],
  networkReady: boolean | undefined,
): DecidingConfig {
  const order = configOrder(files);
  const [first, ...others] = order;
  if (first === undefined)
    return { order, network: undefined, ...problem('no-config', `no CNI configuration is in ${DIRECTORY}`) };
  const unread = unreadable(first, networkReady);
  const content = first.content;
  if (unread !== undefined || content === undefined) return { order, network: undefined, ...(unread ?? NOTHING) };
  const read = networkConfig({ name: first.name, content }, directories);
  if (read.kind === 'fault') {
    const says = `${first.name}, which decides, ${read.certain ? 'cannot be used' : 'may not be usable'}: ${read.why}`;
    return { order, network: undefined, ...(read.certain ? problem('invalid-config', says) : doubt(says)) };
  }
  return { order, network: read, ...beside({ ...first, network: read }, others, directories) };
}

/** Undefined where its content can be judged. */
function unreadable(file: CniConfigFile, networkReady: boolean | undefined): FileFindings | undefined {
  const which = `${file.name}, which decides,`;
  switch (file.unread) {
    case undefined:
      if (file.size === undefined || file.size <= MOST_CONFIG_BYTES) return undefined;
      return doubt(`${which} has ${file.size} bytes, more than are looked at`);
    case 'dangling':
      return problem('unreadable-config', `${which} is a link to a file that is not there`);
    case 'special':
      return problem('unreadable-config', `${which} is no regular file`);
    case 'outside':
      return doubt(`${which} is a link out of ${DIRECTORY}, where cniwatch does not look`);
    case 'omitted':
      return doubt(`${which} was not read: too many files are beside it`);
    case 'refused':
      return refused(file, networkReady);
  }
}

/**
 * A container runtime with every capability reads it all the same, so that the mode alone breaks nothing: what its kubelet says decides.
 * Source: capabilities(7), CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
 */
function refused({ name, mode = '', uid }: CniConfigFile, networkReady: boolean | undefined): FileFindings {
  const bits = Number.parseInt(mode, 8);
  const rootMay = uid === 0 ? (bits & 0o400) !== 0 : (bits & 0o004) !== 0;
  if (mode === '' || rootMay) return doubt(`${name}, which decides, could not be read though its mode ${mode} allows it`);
  const says = `${name}, which decides, cannot be read: its mode is ${mode.padStart(3, '0')}, its owner ${uid}`;
  return networkReady === true
    ? problem('unreadable-config', `${says}; the container runtime still has its network`, 'warning')
    : problem('unreadable-config', says);
}

/** Configurations that are never read, and become the one if the first goes. */
function beside(
  first: CniConfigFile & { readonly network: NetworkConfig },
  others: readonly CniConfigFile[],
  directories: readonly string[],
): FileFindings {
  const stray = others.filter(({ name, content }) => {
    if (content === undefined) return true;
    const read = networkConfig({ name, content }, directories);
    return read.kind === 'fault' || !isMeantBeside(first.network, read);
  });
  if (stray.length === 0) return NOTHING;
  const names = stray.map(({ name }) => name);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const says = `${first.name} decides, and ${names.slice(0, 3).join(', ')}${more} beside it would if it went`;
  return together([problem('several-configs', says, 'warning')]);
}
