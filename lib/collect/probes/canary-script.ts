/** TCP and UDP ports of the server's pod. */
export const PEER_PORTS = { tcp: 8080, udp: 8081 } as const;
/** What the server sends back over UDP is what it was sent. */
export const UDP_WORD = 'cniwatch';

/** Answers every TCP connection and every UDP datagram, and ends where it cannot. Source: busybox networking/tcpudp.c. */
export const SERVER_SCRIPT = `
set -e
command -v tcpsvd > /dev/null
command -v udpsvd > /dev/null
tcpsvd -E "$POD_IP" ${PEER_PORTS.tcp} echo ${UDP_WORD} &
exec udpsvd -E "$POD_IP" ${PEER_PORTS.udp} head -n 1
`;

/**
 * Tries everything at once and writes a line of JSON for each try: the tool's exit code and words, which cniwatch reads and this does not.
 * Then it stays: the conditions that tell when the pod got its network are those of a pod that runs. Nothing in it is configured but by
 * its environment: NAMES, SERVERS (kind=address), EGRESS, PEERS (by=address), QUERY_TYPE and LIFETIME (seconds).
 * - nslookup asks servers by name without libc, for one type: with both, a name without AAAA is an error (busybox networking/nslookup.c).
 *   It waits five seconds, with a further packet on the way.
 * - nc resolves by libc and so by the search path; -w bounds its connection and -vv tells refusals (busybox networking/nc_bloaty.c).
 * - A clock with fractions of a second that every Linux has is /proc/uptime.
 */
export const CLIENT_SCRIPT = String.raw`
set -uf
now() { IFS='. ' read -r seconds hundredths rest < /proc/uptime; echo "$seconds$hundredths"; }
clean() { tr '\012\011\042\134' '; \047/' | tr -cd '\040-\176' | cut -c1-600; }
say() {
  fields=$1
  shift
  began=$(now)
  said=$("$@" 2>&1 < /dev/null)
  status=$?
  took=$(($(now) - began))
  printf '{%s,"exit":%d,"ms":%d,"said":"%s"}\n' "$fields" "$status" "$((took * 10))" "$(printf '%s' "$said" | clean)"
  return "$status"
}

resolvers() { while read -r key value rest; do if [ "$key" = nameserver ]; then echo "resolver=$value"; fi; done < /etc/resolv.conf; }
lookups() {
  slow=0
  for name in $NAMES; do
    for try in 1 2 3; do
      if [ "$slow" -ge 3 ]; then return; fi
      say "\"test\":\"lookup\",\"of\":\"$1\",\"server\":\"$2\",\"name\":\"$name\"" timeout 4 nslookup "-type=$QUERY_TYPE" "$name." "$2" && continue
      if [ "$took" -ge 100 ]; then slow=$((slow + 1)); fi
    done
  done
}
search() { for try in 1 2; do say '"test":"search"' timeout 6 nc -z -vv -w 2 kubernetes.default 443 && return; done; }
egress() {
  host=$(printf '%s' "$1" | sed 's/:[0-9]*$//' | tr -d '[]')
  port=$(printf '%s' "$1" | sed 's/.*://')
  for try in 1 2; do
    case "$1" in
      *://*) say "\"test\":\"egress\",\"target\":\"$1\"" timeout 8 wget -q --spider -T 4 "$1" ;;
      *) say "\"test\":\"egress\",\"target\":\"$1\"" timeout 8 nc -z -vv -w 4 "$host" "$port" ;;
    esac && return
  done
}
udp() { printf 'UDP_WORD\n' | timeout 5 nc -u -w 1 "$1" UDP_PORT 2>&1 | head -n 1; }
peer() {
  for try in 1 2 3; do
    fields="\"test\":\"peer\",\"protocol\":\"$1\",\"by\":\"$2\",\"address\":\"$3\""
    case "$1" in
      tcp) say "$fields" timeout 5 nc -z -vv -w 3 "$3" TCP_PORT && return ;;
      udp) say "$fields" udp "$3"; if [ "$said" = UDP_WORD ]; then return; fi ;;
    esac
    sleep 1
  done
}

domain=$(sed -n 's/^search .*[[:space:]]svc\.\([^[:space:]]*\).*/\1/p' /etc/resolv.conf)
if [ -z "$domain" ]; then domain=cluster.local; fi
NAMES="kubernetes.default.svc.$domain $NAMES"
say '"test":"routes","family":"ipv4"' ip -4 route show
say '"test":"routes","family":"ipv6"' ip -6 route show
seen=' '
for entry in $(resolvers) $SERVERS; do
  server=$(printf '%s' "$entry" | cut -d= -f2-)
  case "$seen" in *" $server "*) continue ;; esac
  seen="$seen$server "
  lookups "$(printf '%s' "$entry" | cut -d= -f1)" "$server" &
done
search &
for target in $EGRESS; do egress "$target" & done
for entry in $PEERS; do
  for protocol in tcp udp; do peer "$protocol" "$(printf '%s' "$entry" | cut -d= -f1)" "$(printf '%s' "$entry" | cut -d= -f2-)" & done
done
wait
printf '{"test":"done"}\n'
exec sleep "$LIFETIME"
`
  .replaceAll('UDP_WORD', UDP_WORD)
  .replaceAll('UDP_PORT', String(PEER_PORTS.udp))
  .replaceAll('TCP_PORT', String(PEER_PORTS.tcp));
