# The bridge that is the node's address and the pods' network, and all that is undone with it.
# shellcheck shell=bash

# What kubelet, kube-proxy and the bridge plugin set; `down` sets them back.
CHANGED_SYSCTLS=(
  net.ipv4.ip_forward net.ipv4.conf.all.send_redirects net.bridge.bridge-nf-call-iptables vm.overcommit_memory
  kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes
)

make_network() {
  modprobe -q br_netfilter 2>/dev/null || true
  modprobe -q overlay 2>/dev/null || true
  save_sysctls
  sysctl -qw net.ipv4.ip_forward=1
  # A Service's packet leaves by the bridge it came from; told of a "better" route, a pod would lose the Service.
  sysctl -qw net.ipv4.conf.all.send_redirects=0
  sysctl -qew net.bridge.bridge-nf-call-iptables=1
  ip link add "$BRIDGE" type bridge
  ip addr add "$NODE_IP/${NODE_NETWORK#*/}" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  sysctl -qw "net.ipv4.conf.$BRIDGE.send_redirects=0"
  # So that this machine reaches ClusterIPs by the bridge, whatever its default route is.
  ip route add "$SERVICE_CIDR" dev "$BRIDGE" src "$NODE_IP"
}

save_sysctls() {
  local name
  for name in "${CHANGED_SYSCTLS[@]}"; do
    sysctl -e "$name" 2>/dev/null || true
  done >"$STATE/sysctls"
}

remove_network() {
  local interface
  for interface in $(ip -o link show master "$BRIDGE" 2>/dev/null | sed 's/^[0-9]*: \([^@:]*\).*/\1/'); do
    ip link delete "$interface" 2>/dev/null || true
  done
  ip link delete "$BRIDGE" 2>/dev/null || true
  remove_firewall_chains iptables
  remove_firewall_chains ip6tables
  conntrack -D -d "$SERVICE_CIDR" >/dev/null 2>&1 || true
  remove_cni_results
  [[ ! -s $STATE/sysctls ]] || sysctl -qe -p "$STATE/sysctls" >/dev/null 2>&1 || true
}

# The CNI library notes each pod's network in a fixed folder, and its loopback beside it.
remove_cni_results() {
  local result pod
  for result in /var/lib/cni/results/backstep-*-eth0; do
    pod=${result##*/backstep-}
    rm -f "$result" "/var/lib/cni/results/cni-loopback-${pod%-eth0}-lo"
  done
  rmdir /var/lib/cni/results /var/lib/cni 2>/dev/null || true
}

# kube-proxy's and kubelet's chains, and the rules that lead to them.
remove_firewall_chains() { # iptables|ip6tables
  local table rules
  for table in nat filter mangle; do
    rules=$("$1-save" -t "$table" 2>/dev/null) || continue
    [[ $rules == *KUBE-* ]] || continue
    grep -v KUBE- <<<"$rules" | "$1-restore" -T "$table"
  done
}
