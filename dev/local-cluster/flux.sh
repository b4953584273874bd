# Flux in the cluster, for those who ask for it: its CRDs and roles in namespace flux-system, and its controllers for
# sources, Kustomizations and HelmReleases as processes of this machine.
# shellcheck shell=bash

FLUX=$LOCAL_CLUSTER/flux
FLUX_STATE=$STATE/flux
FLUX_ARTIFACTS=127.0.0.1:17280
FLUX_PORT=17281 # of the first controller's health; two for each
FLUX_CONTROLLERS=(source-controller kustomize-controller helm-controller)

flux_key() { cat "$FLUX"/{go.mod,go.sum} | sha256sum | cut -c 1-16; }

cluster_flux() {
  STEPS=2
  require_root
  take_lock
  is_healthy || fail "the cluster is not up: start it with dev/cluster up."
  if is_built flux "$(flux_key)"; then
    step_done "Flux: in the cache"
  else
    step "building Flux" "first time: about 4 min" build_flux
  fi
  flux_runs || step "starting Flux" "" start_flux
}

flux_runs() {
  local name
  for name in "${FLUX_CONTROLLERS[@]}"; do is_running "flux-$name" || return 1; done
}

build_flux() {
  local name
  check_go
  mkdir -p "$BIN" "$BIN.building"
  (
    cd "$FLUX" || exit
    export CGO_ENABLED=0 GOWORK=off
    run_go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w" -o "$BIN.building/" tool
    for name in "${FLUX_CONTROLLERS[@]}"; do
      cat "$(go list -mod=readonly -m -f '{{.Dir}}' "github.com/fluxcd/$name")"/config/crd/bases/*.yaml
    done >"$BIN.building/flux-crds.yaml"
  )
  keep flux "$(flux_key)" "${FLUX_CONTROLLERS[@]}" flux-crds.yaml
  rm -rf "$BIN".building
}

start_flux() {
  local name port=$FLUX_PORT
  stop_flux
  (umask 077 && mkdir -p "$FLUX_STATE"/{artifacts,tmp})
  configure_flux
  for name in "${FLUX_CONTROLLERS[@]}"; do
    if [[ $name == source-controller ]]; then
      start_flux_controller "$name" "$port" \
        --storage-path "$FLUX_STATE/artifacts" --storage-addr "$FLUX_ARTIFACTS" --storage-adv-addr "$FLUX_ARTIFACTS"
    else
      start_flux_controller "$name" "$port"
    fi
    port=$((port + 2))
  done
}

# Each controller may do everything, as Flux' own installation has it for those that deploy.
configure_flux() {
  local name
  kube apply --server-side --force-conflicts -f "$BIN/flux-crds.yaml"
  kube wait --for=condition=Established -f "$BIN/flux-crds.yaml" --timeout=60s
  kube create namespace flux-system --dry-run=client -o yaml | kube apply -f -
  for name in "${FLUX_CONTROLLERS[@]}"; do
    kube -n flux-system create serviceaccount "$name" --dry-run=client -o yaml | kube apply -f -
    kube create clusterrolebinding "flux-$name" --clusterrole=cluster-admin --serviceaccount="flux-system:$name" \
      --dry-run=client -o yaml | kube apply -f -
  done
}

start_flux_controller() { # NAME PORT ARGUMENT...
  local name=$1 port=$2 kubeconfig=$FLUX_STATE/$1.kubeconfig
  shift 2
  service_account_kubeconfig flux-system "$name" >"$kubeconfig"
  start_process "flux-$name" env -C "$FLUX_STATE" KUBECONFIG="$kubeconfig" RUNTIME_NAMESPACE=flux-system \
    HOME="$FLUX_STATE" TMPDIR="$FLUX_STATE/tmp" \
    "$BIN/$name" --health-addr "127.0.0.1:$port" --metrics-addr "127.0.0.1:$((port + 1))" "$@"
  wait_for_process "flux-$name" 60 curl -fsS --max-time 2 "http://127.0.0.1:$port/readyz"
}

stop_flux() {
  local name
  for name in "${FLUX_CONTROLLERS[@]}"; do stop_process "flux-$name" TERM; done
}
