# Finds what would make `up` fail, and says it before anything is begun.
# shellcheck shell=bash

# program=Debian package
NEEDED_PROGRAMS=(
  containerd=containerd ctr=containerd runc=runc /usr/lib/cni/bridge=containernetworking-plugins
  iptables=iptables conntrack=conntrack ip=iproute2 ss=iproute2 mount=mount nsenter=util-linux
  flock=util-linux sysctl=procps debootstrap=debootstrap openssl=openssl jq=jq curl=curl tar=tar
  pip3=python3-pip # for dev/queue, dev/budget
  /usr/sbin/pgbouncer=pgbouncer # for the tests of sessions with databases
  /usr/lib/postgresql/15/bin/pg_dump=postgresql-client-15 # for the tests of dumps
)
POLICY=/usr/sbin/policy-rc.d

missing_packages() {
  local pair
  for pair in "${NEEDED_PROGRAMS[@]}"; do
    has "${pair%%=*}" || echo "${pair#*=}"
  done | sort -u
}

install_packages() {
  local packages remove_policy=
  mapfile -t packages < <(missing_packages)
  has apt-get || fail "these programs are missing, and there is no apt-get to install them: ${packages[*]}. Install them, or use Debian 12."
  # Debian's own containerd service must not start: the cluster runs its own.
  if [[ ! -e $POLICY ]]; then
    remove_policy=1
    trap 'rm -f "$POLICY"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod +x "$POLICY"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update ||
    fail "apt-get update failed, so ${packages[*]} cannot be installed. Connect to a Debian mirror, or install them by hand."
  apt-get install -y --no-install-recommends "${packages[@]}" ||
    fail "apt-get could not install ${packages[*]}. See $BUILD_LOGS/step-1.log."
  [[ -z $remove_policy ]] || rm -f "$POLICY"
}

ensure_packages() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  if [[ -z $packages ]]; then
    step_done "Debian packages: there"
  else
    step "installing Debian packages" "about 30 s" install_packages
  fi
}

check_go() {
  local version
  has go || fail "Go is missing, and Kubernetes is built with it: install Go 1.24 or later and put it into PATH."
  version=$(go env GOVERSION)
  [[ $(printf '%s\n' go1.24 "$version" | sort -V | head -n 1) == go1.24 ]] ||
    fail "Go is too old ($version): install Go 1.24 or later and put it into PATH."
}

check_disk() { # GB
  local free
  free=$(df -Pk "$CACHE" | awk 'NR == 2 { print int($4 / 1048576) }')
  ((free >= $1)) ||
    fail "only $free GB are free for $CACHE, and $1 are needed: free some, or set BACKSTEP_CACHE to a folder on another disk."
}

# A port that is taken on every address, or on the one that is needed.
check_port() { # ADDRESS PORT
  local taken owner
  taken=$(ss -Hltnp "sport = :$2" | awk -v a="$1:$2" -v any="0.0.0.0:$2" -v all="*:$2" -v six="[::]:$2" \
    '$4 == a || $4 == any || $4 == all || $4 == six')
  [[ -n $taken ]] || return 0
  owner=$(sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1, pid \2/p;q' <<<"$taken")
  fail "port $2 is in use (by ${owner:-an unknown process}): stop it, then run dev/cluster up again."
}

check_ports() {
  local port
  has ss || return 0
  for port in $API_PORT $KUBELET_PORT $DNS_PORT $DNS_READY_PORT; do check_port "$NODE_IP" "$port"; done
  for port in $ETCD_PORT $ETCD_PEER_PORT $CONTROLLER_MANAGER_PORT $SCHEDULER_PORT \
    $KUBELET_HEALTH_PORT $PROXY_HEALTH_PORT $PROXY_METRICS_PORT; do
    check_port 127.0.0.1 "$port"
  done
}

check_network_is_free() {
  local route
  has ip || return 0
  route=$(ip -o route show root 10.250.0.0/15 | grep -v " $BRIDGE " | head -n 1 || true)
  [[ -z $route ]] || fail "the cluster's addresses are in use here (route $route): free 10.250.0.0/15, then run dev/cluster up again."
}

preflight() {
  mkdir -p "$CACHE"
  if binaries_are_built && images_are_built; then
    check_disk 1
  else
    check_go
    check_disk 6
  fi
  check_ports
  check_network_is_free
}
