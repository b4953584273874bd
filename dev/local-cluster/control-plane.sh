# etcd, API server, controller manager, scheduler and CoreDNS, all processes of this machine.
# shellcheck shell=bash

# Where the controller manager's host path provisioner makes volumes; a link into the state folder.
VOLUMES_LINK=/tmp/hostpath_pv

start_control_plane() {
  start_containerd # so that it is there when the node needs it
  make_pki
  make_network
  start_etcd
  start_api_server
  wait_for_process kube-apiserver 60 curl -fsS --max-time 2 --cacert "$PKI/ca.crt" "$API_SERVER/readyz"
  start_controller_manager
  start_scheduler
}

start_etcd() {
  start_process etcd "$BIN/etcd" --name backstep --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "https://127.0.0.1:$ETCD_PORT" --advertise-client-urls "https://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" \
    --initial-cluster "backstep=http://127.0.0.1:$ETCD_PEER_PORT" \
    --client-cert-auth --trusted-ca-file "$PKI/ca.crt" --cert-file "$PKI/etcd.crt" --key-file "$PKI/etcd.key"
}

start_api_server() {
  start_process kube-apiserver "$BIN/kube-apiserver" \
    --bind-address "$NODE_IP" --advertise-address "$NODE_IP" --secure-port "$API_PORT" \
    --tls-cert-file "$PKI/apiserver.crt" --tls-private-key-file "$PKI/apiserver.key" --client-ca-file "$PKI/ca.crt" \
    --etcd-servers "https://127.0.0.1:$ETCD_PORT" --etcd-cafile "$PKI/ca.crt" \
    --etcd-certfile "$PKI/etcd-client.crt" --etcd-keyfile "$PKI/etcd-client.key" \
    --kubelet-client-certificate "$PKI/kubelet-client.crt" --kubelet-client-key "$PKI/kubelet-client.key" \
    --kubelet-certificate-authority "$PKI/ca.crt" --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$PKI/service-account.pub" --service-account-signing-key-file "$PKI/service-account.key" \
    --service-cluster-ip-range "$SERVICE_CIDR" --authorization-mode Node,RBAC \
    --enable-admission-plugins NodeRestriction --allow-privileged \
    --max-requests-inflight 2000 --max-mutating-requests-inflight 1000 \
    --audit-policy-file "$LOCAL_CLUSTER/config/audit-policy.yaml" \
    --audit-log-path "$AUDIT_LOG" --audit-log-format json --audit-log-mode blocking --audit-log-maxsize 4096
}

start_controller_manager() {
  mkdir -p "$STATE/volumes"
  [[ -e $VOLUMES_LINK ]] || ln -sfn "$STATE/volumes" "$VOLUMES_LINK"
  start_process kube-controller-manager "$BIN/kube-controller-manager" \
    --kubeconfig "$PKI/controller-manager.kubeconfig" --use-service-account-credentials --leader-elect=false \
    --bind-address 127.0.0.1 --secure-port "$CONTROLLER_MANAGER_PORT" \
    --root-ca-file "$PKI/ca.crt" --service-account-private-key-file "$PKI/service-account.key" \
    --cluster-signing-cert-file "$PKI/ca.crt" --cluster-signing-key-file "$PKI/ca.key" \
    --kube-api-qps 300 --kube-api-burst 600 --node-monitor-period 1s --horizontal-pod-autoscaler-sync-period 5s \
    --enable-hostpath-provisioner --flex-volume-plugin-dir "$STATE/volume-plugins"
}

start_scheduler() {
  start_process kube-scheduler "$BIN/kube-scheduler" --kubeconfig "$PKI/scheduler.kubeconfig" --leader-elect=false \
    --bind-address 127.0.0.1 --secure-port "$SCHEDULER_PORT" --kube-api-qps 300 --kube-api-burst 600
}

start_dns() {
  cat >"$STATE/Corefile" <<END
cluster.local:$DNS_PORT in-addr.arpa:$DNS_PORT {
  bind $NODE_IP
  errors
  ready $NODE_IP:$DNS_READY_PORT
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $PKI/dns.kubeconfig
    ttl 1
  }
}
.:$DNS_PORT {
  bind $NODE_IP
  template ANY ANY {
    rcode NXDOMAIN
  }
}
END
  start_process coredns "$BIN/coredns" -conf "$STATE/Corefile"
}

start_services() {
  wait_for_process kube-apiserver 10 kube apply --validate=false -f "$LOCAL_CLUSTER/config/cluster.yaml"
  start_dns
  wait_for_process coredns 30 curl -fsS --max-time 2 "http://$NODE_IP:$DNS_READY_PORT/ready"
  wait_for_process kube-proxy 30 curl -fsS --max-time 2 "http://127.0.0.1:$PROXY_HEALTH_PORT/healthz"
  wait_for_process kube-controller-manager 60 node_is_usable
}

stop_control_plane() {
  local name
  for name in coredns kube-scheduler kube-controller-manager kube-apiserver etcd; do stop_process "$name"; done
  [[ $(readlink "$VOLUMES_LINK" 2>/dev/null) != "$STATE/volumes" ]] || rm -f "$VOLUMES_LINK"
}
