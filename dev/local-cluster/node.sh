# The node: containerd, kubelet and kube-proxy.
# shellcheck shell=bash

write_containerd_config() {
  cat >"$STATE/containerd.toml" <<END
version = 2
root = "$CACHE/containerd"
state = "$STATE/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "backstep.dev/pause:1"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "$STATE/runc"
      SystemdCgroup = false
END
}

write_cni_config() {
  mkdir -p "$STATE/cni.d"
  cat >"$STATE/cni.d/10-backstep.conflist" <<END
{
  "cniVersion": "1.0.0",
  "name": "backstep",
  "plugins": [{
    "type": "bridge",
    "bridge": "$BRIDGE",
    "isGateway": true,
    "hairpinMode": true,
    "ipam": {
      "type": "host-local",
      "dataDir": "$STATE/cni",
      "ranges": [[{
        "subnet": "$NODE_NETWORK", "gateway": "$NODE_IP",
        "rangeStart": "$POD_FIRST_IP", "rangeEnd": "$POD_LAST_IP"
      }]],
      "routes": [{"dst": "0.0.0.0/0"}]
    }
  }]
}
END
}

write_kubelet_config() {
  : >"$STATE/resolv.conf" # pods get the cluster's name server and no search domain of this machine
  cat >"$STATE/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $PKI/ca.crt}
authorization: {mode: Webhook}
address: $NODE_IP
port: $KUBELET_PORT
healthzPort: $KUBELET_HEALTH_PORT
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
podLogsDir: $STATE/pod-logs
volumePluginDir: $STATE/volume-plugins
clusterDNS: [$NODE_IP]
clusterDomain: cluster.local
resolvConf: $STATE/resolv.conf
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
enforceNodeAllocatable: []
failSwapOn: false
oomScoreAdj: 0
featureGates: {KubeletInUserNamespace: true}
# The images come from no registry, so they are never collected, and pods never evicted.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
# Quick for tests.
nodeStatusUpdateFrequency: 2s
nodeStatusReportFrequency: 1m # where nothing changed
syncFrequency: 5s
serializeImagePulls: false
kubeAPIQPS: 200
kubeAPIBurst: 400
eventRecordQPS: 0
END
}

write_proxy_config() {
  cat >"$STATE/proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
hostnameOverride: $NODE_NAME
clusterCIDR: $POD_CIDR
healthzBindAddress: 127.0.0.1:$PROXY_HEALTH_PORT
metricsBindAddress: 127.0.0.1:$PROXY_METRICS_PORT
clientConnection: {kubeconfig: $PKI/proxy.kubeconfig, qps: 100, burst: 200}
iptables: {minSyncPeriod: 100ms, syncPeriod: 30s, localhostNodePorts: false}
# Zero leaves the kernel's own settings alone.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
END
}

start_containerd() {
  write_containerd_config
  mkdir -p "$CACHE/containerd"
  start_process containerd containerd --config "$STATE/containerd.toml"
}

wait_for_containerd() { wait_for_process containerd 20 ctr_k8s version; }

# kubelet puts all pods below this one group, so `down` finds their processes.
cgroup_folders() {
  local hierarchy
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [[ ! -e $hierarchy/cgroup.procs || -L $hierarchy ]] || echo "$hierarchy/$CGROUP"
  done
}

start_node() {
  local folder
  wait_for_containerd
  import_images
  write_cni_config
  write_kubelet_config
  write_proxy_config
  while read -r folder; do mkdir -p "$folder"; done < <(cgroup_folders | top_hierarchies)
  start_process kubelet "$BIN/kubelet" --config "$STATE/kubelet.yaml" --kubeconfig "$PKI/kubelet.kubeconfig" \
    --hostname-override "$NODE_NAME" --node-ip "$NODE_IP" --root-dir "$STATE/kubelet" --cert-dir "$PKI"
  start_process kube-proxy "$BIN/kube-proxy" --config "$STATE/proxy.yaml"
  wait_for_process kubelet 60 node_is_ready
}

# With cgroup v2 only the one hierarchy counts; below it the folders are groups of others.
top_hierarchies() {
  if [[ -e /sys/fs/cgroup/cgroup.procs ]]; then head -n 1; else cat; fi
}

# Ready and without the taint that a node has until the controllers have seen it ready.
node_is_ready() {
  [[ $(kube get node "$NODE_NAME" -o \
    jsonpath='{.status.conditions[?(@.type=="Ready")].status} {.spec.taints}') == "True " ]]
}

node_is_usable() {
  kube -n default get serviceaccount default && node_is_ready
}

stop_node() {
  stop_process kubelet
  stop_process kube-proxy
  kill_pods
  if [[ -e $STATE/containerd.toml ]]; then
    is_running containerd || start_process containerd containerd --config "$STATE/containerd.toml"
    wait_until 10 ctr_k8s version && remove_containers
  fi
  remove_shims
  stop_process containerd TERM
  remove_mounts
  remove_cgroups
  remove_fixed_folders
}

kill_pods() {
  local folder
  for _ in {1..50}; do
    while read -r folder; do
      find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null || true
    done < <(cgroup_folders) | sort -u | xargs -r kill -KILL 2>/dev/null || true
    any_pod_process || return 0
    sleep 0.1
  done
}

any_pod_process() {
  local folder
  while read -r folder; do
    [[ -z $(find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null) ]] || return 0
  done < <(cgroup_folders)
  return 1
}

remove_containers() {
  local tasks containers
  mapfile -t tasks < <(ctr_k8s tasks ls --quiet 2>/dev/null)
  [[ ${#tasks[@]} -eq 0 ]] || ctr_k8s tasks delete --force "${tasks[@]}" >/dev/null 2>&1 || true
  mapfile -t containers < <(ctr_k8s containers ls --quiet 2>/dev/null)
  [[ ${#containers[@]} -eq 0 ]] || ctr_k8s containers delete "${containers[@]}" >/dev/null 2>&1 || true
}

# Shims outlive containerd. Ours are those that were started for our socket.
remove_shims() {
  local process file
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/exe" 2>/dev/null) == */containerd-shim-runc-v2 ]] || continue
    ! tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -qF " $CONTAINERD_SOCKET " || kill -KILL "${process#/proc/}"
  done
  for file in "$STATE"/containerd/io.containerd.runtime.v2.task/k8s.io/*/address; do
    [[ ! -r $file ]] || rm -f "$(sed 's,^unix://,,' "$file")"
  done
}

remove_mounts() {
  local place
  while read -r place; do
    umount -l "$place" 2>/dev/null || true
  done < <(awk -v state="$STATE/" 'index($2, state) == 1 { print $2 }' /proc/mounts | sort -r)
}

remove_cgroups() {
  local folder
  while read -r folder; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done < <(cgroup_folders)
}

# kubelet and containerd's shims use these folders whatever they are told.
remove_fixed_folders() {
  if [[ -d /var/log/containers ]]; then
    find /var/log/containers -type l -lname "$STATE/*" -delete
  fi
  rm -f /var/lib/kubelet/device-plugins/kubelet.sock
  rmdir /var/lib/kubelet/device-plugins /var/lib/kubelet /var/log/containers \
    /run/containerd/s /run/containerd 2>/dev/null || true
}
