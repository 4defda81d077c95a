import { jsonFault } from '#lib/network/cni-config/json-fault.ts';

/** One step of connecting a pod: a binary of this name, in /opt/cni/bin. */
export interface Plugin {
  readonly type: string;
  /** Of `ipam.type`: another binary. */
  readonly ipamType: string | undefined;
  /** As written, for what is a plugin's own. */
  readonly fields: Fields;
}
export type Fields = Readonly<Record<string, unknown>>;

/** A configuration that the container runtime can use. */
export interface NetworkConfig {
  readonly kind: 'network';
  readonly name: string;
  readonly plugins: readonly Plugin[];
}

/** `certain`: every runtime refuses it; else it hangs on the runtime's version. */
export interface NetworkFault {
  readonly kind: 'fault';
  readonly certain: boolean;
  /** A clause. */
  readonly why: string;
}

/** Source: containernetworking/cni pkg/utils/utils.go, ValidateNetworkName. */
const NETWORK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/**
 * Reads a configuration as libcni does for the container runtime.
 * @param directories names of the directories beside it: newer runtimes take plugins from the one that is called as the network
 * Source: containernetworking/cni libcni/conf.go (NetworkConfFromBytes, NetworkPluginConfFromBytes, ConfListFromConf); containerd/go-cni opts.go.
 */
export function networkConfig(
  { name, content }: { readonly name: string; readonly content: string },
  directories: readonly string[],
): NetworkConfig | NetworkFault {
  const broken = jsonFault(content);
  if (broken !== undefined) return fault(`it is no valid JSON: ${broken.what} (line ${broken.line}, column ${broken.column})`);
  const document: unknown = JSON.parse(content);
  if (!isFields(document)) return fault('it is JSON, but no object');
  return name.endsWith('.conflist') ? fromList(document, directories) : fromOne(document);
}

function fromList(list: Fields, directories: readonly string[]): NetworkConfig | NetworkFault {
  const name = list['name'];
  if (name === undefined) return fault('it has no `name`');
  const wrong = nameProblem(name) ?? versionProblem(list['cniVersion']) ?? switchProblem(list);
  if (wrong !== undefined) return fault(wrong);
  const plugins = list['plugins'] ?? [];
  if (!Array.isArray(plugins)) return fault('its `plugins` is no list');
  if (plugins.length === 0) {
    const elsewhere = !isOn(list['loadOnlyInlinedPlugins']) && directories.includes(String(name));
    return elsewhere
      ? fault(`its plugins stand in the directory ${name}, which older container runtimes do not read`, false)
      : fault('it has no `plugins`');
  }
  return network(String(name), plugins);
}

/** A file that is no list holds one plugin, and a name of the network beside it. */
function fromOne(document: Fields): NetworkConfig | NetworkFault {
  if (field(document, 'type') === undefined && document['plugins'] !== undefined)
    return fault('it is a list of plugins, which a file must end in .conflist for');
  const built = network('', [document]);
  if (built.kind === 'fault') return built;
  const name = field(document, 'name');
  const wrong = name === undefined ? 'it has no `name`' : nameProblem(name);
  return wrong === undefined ? { ...built, name: String(name) } : fault(wrong);
}

function network(name: string, plugins: readonly unknown[]): NetworkConfig | NetworkFault {
  const read = plugins.map(plugin);
  const wrong = read.find((one) => typeof one === 'string');
  return wrong === undefined ? { kind: 'network', name, plugins: read as readonly Plugin[] } : fault(wrong);
}

function plugin(value: unknown, at: number): Plugin | string {
  const which = `plugin ${at + 1}`;
  if (!isFields(value)) return `${which} is no object`;
  const type = field(value, 'type');
  if (type === undefined || type === '') return `${which} has no \`type\``;
  if (typeof type !== 'string') return `the \`type\` of ${which} is no text`;
  if (type.includes('/')) return `the \`type\` of ${which} is a path, and must be a name`;
  const wrong = versionProblem(field(value, 'cniVersion')) ?? capabilitiesProblem(field(value, 'capabilities'));
  if (wrong !== undefined) return `${wrong} in ${which}`;
  const ipam = field(value, 'ipam');
  if (ipam !== undefined && !isFields(ipam)) return `the \`ipam\` of ${which} is no object`;
  const ipamType = ipam && field(ipam, 'type');
  if (ipamType !== undefined && typeof ipamType !== 'string') return `the \`ipam.type\` of ${which} is no text`;
  return { type, ipamType: ipamType || undefined, fields: value };
}

/** As Go reads into a struct: whatever the case of the key, the last of them, and null is as good as absent. */
function field(of: Fields, name: string): unknown {
  const key = Object.keys(of).findLast((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (of[key] ?? undefined);
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'its `name` is no text';
  return NETWORK_NAME.test(name) ? undefined : 'its `name` is empty, or has other characters than letters, digits, _ . and -';
}

function versionProblem(version: unknown): string | undefined {
  return version === undefined || typeof version === 'string' ? undefined : '`cniVersion` is no text';
}

function switchProblem(list: Fields): string | undefined {
  const wrong = ['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins'].find((key) => {
    const value = list[key];
    return value !== undefined && typeof value !== 'boolean' && !(typeof value === 'string' && /^(true|false)$/i.test(value));
  });
  return wrong && `its \`${wrong}\` is neither true nor false`;
}

function capabilitiesProblem(capabilities: unknown): string | undefined {
  if (capabilities === undefined) return undefined;
  const right =
    isFields(capabilities) && Object.values(capabilities).every((value) => typeof value === 'boolean' || value === null);
  return right ? undefined : '`capabilities` are not each true or false';
}

const isOn = (value: unknown): boolean => value === true || (typeof value === 'string' && value.toLowerCase() === 'true');

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fault(why: string, certain = true): NetworkFault {
  return { kind: 'fault', certain, why };
}
