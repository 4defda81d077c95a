import { MOST_CONFIG_BYTES } from '#lib/model/node-probe.ts';

/** Where the script looks: inside of its container, so that tests may look elsewhere. */
export interface ProbePlaces {
  readonly config: string;
  readonly binaries: string;
  readonly bpf: string;
  readonly proc: string;
  readonly links: string;
}

export const PLACES: ProbePlaces = {
  config: '/host/cni/net.d',
  binaries: '/host/cni/bin',
  bpf: '/host/bpf',
  proc: '/proc',
  links: '/sys/class/net',
};

/** The first line of every answer. */
export const GREETING = 'cniwatch-node-probe 1';
export const MOST_FILES = 20;
const MOST_BINARIES = 200;
const MOST_KUBECONFIGS = 10;
const MOST_ROWS = 2_000;

/**
 * What runs on the node: POSIX sh and the usual tools, as BusyBox has them. It answers line by line, each a word and its fields; names and
 * contents are base64, so that nothing in them can forge a line. The last line is `end`.
 *
 * Routes, neighbours and mounts come from /proc, since `ip` of BusyBox knows neither -d nor fdb; forwarding entries only where the image
 * has iproute2's `bridge`. Of a kubeconfig nothing leaves the node but its servers.
 * Sources: proc_pid_mounts(5); Linux Documentation/networking (route, ipv6_route and arp of /proc/net); POSIX.1-2024, Shell and Utilities.
 */
export function nodeProbeScript({ config, binaries, bpf, proc, links }: ProbePlaces = PLACES): string {
  return `exec 2>/dev/null
LC_ALL=C; export LC_ALL
code() { printf '%s' "$1" | head -c 255 | base64 | tr -d '\\n'; }
echo '${GREETING}'

n=0
for f in ${config}/.[!.]* ${config}/..?* ${config}/*; do
  [ -e "$f" ] || [ -L "$f" ] || continue
  name=$(code "\${f##*/}")
  if [ -d "$f" ]; then echo "directory $name"; continue; fi
  case $f in *.conf | *.conflist | *.json) ;; *) continue ;; esac
  n=$((n + 1))
  if [ $n -gt ${MOST_FILES} ]; then echo "config $name - - - omitted"; continue; fi
  if [ -L "$f" ] && [ ! -e "$f" ]; then
    to=$(readlink "$f")
    case $to in
      /etc/cni/net.d/*/* ) echo "config $name - - - outside"; continue ;;
      /etc/cni/net.d/* ) f=${config}/\${to##*/} ;;
      */* ) echo "config $name - - - outside"; continue ;;
    esac
    if [ ! -e "$f" ]; then echo "config $name - - - dangling"; continue; fi
  fi
  about=$(stat -L -c '%a %u %s' "$f") || about='- - -'
  if [ ! -f "$f" ]; then echo "config $name $about special"
  elif head -c 1 "$f" >/dev/null; then echo "config $name $about read $(head -c ${MOST_CONFIG_BYTES} "$f" | base64 | tr -d '\\n')"
  else echo "config $name $about refused"
  fi
done

n=0
for f in ${binaries}/*; do
  [ -d "$f" ] && continue
  [ -e "$f" ] || [ -L "$f" ] || continue
  n=$((n + 1))
  if [ $n -gt ${MOST_BINARIES} ]; then echo 'cut binaries'; break; fi
  mode=$(stat -L -c '%a' "$f") || mode=-
  echo "binary $(code "\${f##*/}") $mode"
done

n=0
for f in ${config}/*kubeconfig* ${config}/*/*kubeconfig*; do
  [ -f "$f" ] || continue
  n=$((n + 1))
  if [ $n -gt ${MOST_KUBECONFIGS} ]; then echo 'cut kubeconfigs'; break; fi
  path=$(code "\${f#${config}/}")
  head -c 1 "$f" >/dev/null || { echo "kubeconfig $path refused"; continue; }
  echo "kubeconfig $path read"
  head -c 65536 "$f" | sed -n 's/^[ -]*server:[ ]*//p' | head -n 5 | while read -r server; do
    echo "server $path $(code "$server")"
  done
done

while read -r _ at type _; do
  [ "$at" = ${bpf} ] && echo "bpf $type"
done <${proc}/self/mounts

n=0
while read -r device to gateway flags _ _ _ mask _; do
  [ "$device" = Iface ] && continue
  [ "$mask" = FFFFFFFF ] && continue
  n=$((n + 1))
  if [ $n -gt ${MOST_ROWS} ]; then echo 'cut routes'; break; fi
  echo "route $device $to $gateway $flags $mask"
done <${proc}/net/route

while read -r to length _ _ _ _ _ _ flags device; do
  [ "$to $length" = '00000000000000000000000000000000 00' ] && echo "default6 $device $flags"
done <${proc}/net/ipv6_route

for f in ${links}/*; do
  case \${f##*/} in flannel* | vxlan* | cilium* | tunl0 | cni0) ;; *) continue ;; esac
  flags=-; mac=-
  read -r flags <"$f/flags"
  read -r mac <"$f/address"
  echo "link \${f##*/} \${flags:--} \${mac:--}"
  case \${f##*/} in flannel*) ;; *) continue ;; esac
  if command -v bridge >/dev/null; then
    echo 'forwarding'
    bridge fdb show dev "\${f##*/}" | head -n ${MOST_ROWS} | while read -r mac word to _; do
      [ "$word" = dst ] && echo "forward \${f##*/} $mac $to"
    done
  fi
done

n=0
while read -r address _ _ mac _ device; do
  case $device in flannel*) ;; *) continue ;; esac
  n=$((n + 1))
  if [ $n -gt ${MOST_ROWS} ]; then echo 'cut neighbours'; break; fi
  echo "neighbour $device $address $mac"
done <${proc}/net/arp
echo end
`;
}
