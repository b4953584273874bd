# Versions, places, addresses and ports. Sourced by dev/cluster, dev/image and dev/operator.
# shellcheck shell=bash disable=SC2034

KUBERNETES_VERSION=v1.34.4
HELM_VERSION=v3.19.4
DEBIAN_SUITE=bookworm

LOCAL_CLUSTER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DEV=$(dirname "$LOCAL_CLUSTER")
REPOSITORY=$(dirname "$DEV")

# All that `down` removes. There is one cluster per machine, because there is one set of ports.
STATE=/var/lib/backstep-cluster
LOGS=$STATE/logs
PKI=$STATE/pki
AUDIT_LOG=$STATE/audit.log
ADMIN_KUBECONFIG=$STATE/admin.kubeconfig
CONTAINERD_SOCKET=$STATE/containerd.sock

# The cache a running cluster was started from wins: its images live there.
CACHE=${BACKSTEP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/backstep}
[[ ! -r $STATE/cache ]] || CACHE=$(<"$STATE/cache")
BIN=$CACHE/bin
IMAGES=$CACHE/images
BUILD_LOGS=$CACHE/logs

NODE_NAME=backstep
BRIDGE=backstep0
NODE_IP=10.250.0.1
NODE_NETWORK=10.250.0.0/16
POD_CIDR=10.250.1.0/24
POD_FIRST_IP=10.250.1.1
POD_LAST_IP=10.250.1.254
SERVICE_CIDR=10.251.0.0/16
FIRST_SERVICE_IP=10.251.0.1
CGROUP=backstep

API_PORT=16443
ETCD_PORT=12379
ETCD_PEER_PORT=12380
CONTROLLER_MANAGER_PORT=17257
SCHEDULER_PORT=17259
KUBELET_PORT=17250
KUBELET_HEALTH_PORT=17248
PROXY_HEALTH_PORT=17256
PROXY_METRICS_PORT=17249
DNS_PORT=53
DNS_READY_PORT=17253
API_SERVER=https://$NODE_IP:$API_PORT

# One sentence that says what is wrong, and the remedy.
fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

kube() { "$BIN/kubectl" --kubeconfig "$ADMIN_KUBECONFIG" --cache-dir "$STATE/kubectl-cache" "$@"; }

require_root() {
  [[ $EUID -eq 0 ]] || fail "containers and network interfaces need root: run it as root (sudo -E dev/${0##*/} ...)."
}

# One `up` or `down` at a time. The programs that are started close descriptor 9.
take_lock() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/.lock"
  flock -n 9 && return
  echo "Waiting for another dev/cluster or dev/image to finish ..."
  flock 9
}

# wait_until SECONDS COMMAND...
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}
