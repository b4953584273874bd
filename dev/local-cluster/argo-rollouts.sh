# Argo Rollouts in the cluster, for those who ask for it: its CRDs, and its controller as a process of this machine.
# shellcheck shell=bash

ARGO_ROLLOUTS=$LOCAL_CLUSTER/argo-rollouts
ARGO_ROLLOUTS_HEALTH_PORT=17260
ARGO_ROLLOUTS_METRICS_PORT=17261

argo_rollouts_key() { cat "$ARGO_ROLLOUTS/go.mod" "$ARGO_ROLLOUTS/go.sum" | sha256sum | cut -c 1-16; }

cluster_argo_rollouts() {
  STEPS=2
  require_root
  take_lock
  is_healthy || fail "the cluster is not up: start it with dev/cluster up."
  if is_built argo-rollouts "$(argo_rollouts_key)"; then
    step_done "Argo Rollouts: in the cache"
  else
    step "building Argo Rollouts" "first time: about 6 min" build_argo_rollouts
  fi
  is_running argo-rollouts && kube get crd rollouts.argoproj.io >/dev/null 2>&1 && return
  step "starting Argo Rollouts" "" start_argo_rollouts
}

build_argo_rollouts() {
  check_go
  mkdir -p "$BIN" "$BIN.building"
  (
    cd "$ARGO_ROLLOUTS" || exit
    export CGO_ENABLED=0 GOWORK=off
    run_go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w" -o "$BIN.building/" tool
    # Each begins without a separator.
    for definition in "$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-rollouts)"/manifests/crds/*-crd.yaml; do
      echo ---
      cat "$definition"
    done >"$BIN.building/argo-rollouts-crds.yaml"
  )
  keep argo-rollouts "$(argo_rollouts_key)" rollouts-controller argo-rollouts-crds.yaml
  rm -rf "$BIN".building
}

start_argo_rollouts() {
  stop_process argo-rollouts
  kube apply --server-side --force-conflicts -f "$BIN/argo-rollouts-crds.yaml"
  wait_until 30 kube get --raw /apis/argoproj.io/v1alpha1/rollouts || fail "the API server does not serve rollouts.argoproj.io; look into $LOGS/kube-apiserver.log."
  start_process argo-rollouts env POD_NAMESPACE=kube-system "$BIN/rollouts-controller" \
    --kubeconfig "$ADMIN_KUBECONFIG" --leader-elect=false \
    --healthzPort "$ARGO_ROLLOUTS_HEALTH_PORT" --metricsport "$ARGO_ROLLOUTS_METRICS_PORT"
  wait_for_process argo-rollouts 60 curl -fsS --max-time 2 "http://127.0.0.1:$ARGO_ROLLOUTS_HEALTH_PORT/healthz"
}
