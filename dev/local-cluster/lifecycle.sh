# The four commands of dev/cluster.
# shellcheck shell=bash

PROCESSES=(containerd etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy coredns)

cluster_up() {
  require_root
  take_lock
  if is_healthy; then
    echo "The cluster is already up (Kubernetes ${KUBERNETES_VERSION#v}). To use it: eval \"\$(dev/cluster env)\""
    return
  fi
  if [[ -e $STATE ]]; then
    echo "Removing what an earlier cluster left ..."
    remove_cluster
  fi
  preflight
  ensure_packages
  ensure_binaries
  ensure_images
  (umask 077 && mkdir -p "$STATE" && echo "$CACHE" >"$STATE/cache")
  step "starting the control plane" "" start_control_plane
  step "starting the node" "" start_node
  step "starting DNS and Services" "" start_services
  touch "$STATE/ready"
  echo "The cluster is up after $SECONDS s. To use it: eval \"\$(dev/cluster env)\""
}

cluster_down() {
  require_root
  take_lock
  if [[ ! -e $STATE ]]; then
    echo "The cluster is not up; nothing is to be stopped."
    return
  fi
  echo "Stopping the cluster ..."
  remove_cluster
  echo "The cluster is down after $SECONDS s. The cache stays: $CACHE"
}

remove_cluster() {
  rm -f "$STATE/ready"
  stop_process argo-rollouts
  stop_argo_cd
  stop_flux
  stop_control_plane
  stop_node
  remove_network
  rm -rf --one-file-system "$STATE"
  [[ ! -e $STATE ]] || fail "could not remove all of $STATE: see what uses it (lsof, mount), then run dev/cluster down again."
}

all_processes_run() {
  local name
  for name in "${PROCESSES[@]}"; do is_running "$name" || return 1; done
}

is_healthy() {
  [[ -e $STATE/ready ]] && all_processes_run && kube get --raw /readyz >/dev/null 2>&1 &&
    [[ $(kube get node "$NODE_NAME" -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null) == True ]]
}

cluster_status() {
  require_root
  local name
  if [[ ! -e $STATE ]]; then
    echo "The cluster is down. Start it with dev/cluster up."
    return 1
  fi
  for name in "${PROCESSES[@]}"; do
    if is_running "$name"; then
      printf '%-24s runs, pid %s\n' "$name" "$(cut -d ' ' -f 1 "$PIDS/$name")"
    else
      printf '%-24s does not run (log: %s)\n' "$name" "$LOGS/$name.log"
    fi
  done
  is_healthy || {
    echo "The cluster is not healthy. Run dev/cluster up: it starts anew."
    return 1
  }
  kube get nodes -o custom-columns=NODE:.metadata.name,KUBERNETES:.status.nodeInfo.kubeletVersion,ADDRESS:.status.addresses[0].address
  echo "API server  $API_SERVER"
  echo "kubeconfig  $ADMIN_KUBECONFIG"
  echo "audit log   $AUDIT_LOG"
  echo "The cluster is up and healthy."
}

cluster_env() { # USER
  require_root
  [[ $1 == admin || $1 =~ ^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+$ ]] || fail "$1 is no user: say a name such as lead@example.com."
  { [[ -e $STATE/ready ]] && is_running kube-apiserver; } || fail "the cluster is not up: start it with dev/cluster up."
  [[ -e $STATE/$1.kubeconfig ]] || make_user "$1" 2>>"$LOGS/users.log"
  printf 'export KUBECONFIG=%q\n' "$STATE/$1.kubeconfig"
  printf 'export AUDIT_LOG=%q\n' "$AUDIT_LOG"
  # shellcheck disable=SC2016
  printf 'export PATH=%q:"$PATH"\n' "$BIN"
}
