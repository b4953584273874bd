# Argo CD in the cluster, for those who ask for it: its CRDs, roles and settings in namespace argocd, with Backstep's own
# (deploy/argocd), and its controllers, repo-server and server as processes of this machine.
# shellcheck shell=bash

ARGO_CD=$LOCAL_CLUSTER/argo-cd
ARGO_CD_STATE=$STATE/argo-cd
ARGO_CD_REDIS_PORT=17270
ARGO_CD_REPO_PORT=17271
ARGO_CD_SERVER_PORT=17272
ARGO_CD_METRICS_PORT=17273 # and the five above it
ARGO_CD_PROCESSES=(argocd-server argocd-applicationset-controller argocd-application-controller argocd-repo-server argocd-redis)

argo_cd_key() { cat "$ARGO_CD"/{go.mod,go.sum,lua/main.go} | sha256sum | cut -c 1-16; }

cluster_argo_cd() {
  STEPS=2
  require_root
  take_lock
  is_healthy || fail "the cluster is not up: start it with dev/cluster up."
  has git || fail "git is missing, and Argo CD deploys from a repository: install it (apt-get install git)."
  if is_built argo-cd "$(argo_cd_key)"; then
    step_done "Argo CD: in the cache"
  else
    step "building Argo CD" "first time: about 10 min" build_argo_cd
  fi
  argo_cd_runs || step "starting Argo CD" "" start_argo_cd
}

argo_cd_runs() {
  local name
  for name in "${ARGO_CD_PROCESSES[@]}"; do is_running "$name" || return 1; done
}

build_argo_cd() {
  local module=github.com/argoproj/argo-cd/v3 version manifests
  check_go
  mkdir -p "$BIN" "$BIN.building"
  (
    cd "$ARGO_CD" || exit
    export CGO_ENABLED=0 GOWORK=off
    version=$(go list -mod=readonly -m -f '{{.Version}}' $module)
    run_go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w -X $module/common.version=${version#v}" \
      -o "$BIN.building/argocd" $module/cmd
    run_go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w" -o "$BIN.building/argocd-lua" ./lua
    manifests=$(go list -mod=readonly -m -f '{{.Dir}}' $module)/manifests
    rm -rf "$BIN/argocd-manifests"
    cp -r --no-preserve=mode "$manifests" "$BIN/argocd-manifests"
  )
  keep argo-cd "$(argo_cd_key)" argocd argocd-lua
  rm -rf "$BIN".building
}

start_argo_cd() {
  local redis=(--redis "127.0.0.1:$ARGO_CD_REDIS_PORT")
  has redis-server || apt-get install -y --no-install-recommends redis-server ||
    fail "Argo CD needs redis-server, and apt-get could not install it; install it by hand."
  stop_argo_cd
  (umask 077 && mkdir -p "$ARGO_CD_STATE"/{home,tmp,tls,ssh,gpg,plugins,apps})
  configure_argo_cd
  start_process argocd-redis redis-server --port "$ARGO_CD_REDIS_PORT" --bind 127.0.0.1 --save '' --appendonly no \
    --dir "$ARGO_CD_STATE/tmp"
  start_argo_cd_part repo-server application-controller "${redis[@]}" --port "$ARGO_CD_REPO_PORT" --address 127.0.0.1 \
    --disable-tls --metrics-address 127.0.0.1 --metrics-port "$ARGO_CD_METRICS_PORT"
  start_argo_cd_part application-controller application-controller "${redis[@]}" --namespace argocd \
    --repo-server "127.0.0.1:$ARGO_CD_REPO_PORT" --repo-server-plaintext --metrics-port "$((ARGO_CD_METRICS_PORT + 1))" \
    --self-heal-backoff-timeout-seconds 0
  start_argo_cd_part applicationset-controller applicationset-controller --namespace argocd \
    --argocd-repo-server "127.0.0.1:$ARGO_CD_REPO_PORT" --repo-server-plaintext \
    --metrics-addr "127.0.0.1:$((ARGO_CD_METRICS_PORT + 3))" --probe-addr "127.0.0.1:$((ARGO_CD_METRICS_PORT + 4))" \
    --webhook-addr "127.0.0.1:$((ARGO_CD_METRICS_PORT + 5))"
  start_argo_cd_part server server "${redis[@]}" --namespace argocd --port "$ARGO_CD_SERVER_PORT" --address 127.0.0.1 \
    --insecure --disable-auth --repo-server "127.0.0.1:$ARGO_CD_REPO_PORT" --repo-server-plaintext \
    --metrics-address 127.0.0.1 --metrics-port "$((ARGO_CD_METRICS_PORT + 2))"
  wait_for_process argocd-server 60 curl -fsS --max-time 2 "http://127.0.0.1:$ARGO_CD_SERVER_PORT/healthz"
}

# What Argo CD is given before it runs: a running controller that sees its settings change is blind for minutes.
configure_argo_cd() {
  local manifests=$BIN/argocd-manifests
  kube apply --server-side --force-conflicts -k "$manifests/crds"
  kube create namespace argocd --dry-run=client -o yaml | kube apply -f -
  kube -n argocd apply --server-side --force-conflicts -k "$manifests/base/config"
  kube -n argocd apply -k "$manifests/base/application-controller-roles"
  kube -n argocd apply -f "$manifests/base/server/argocd-server-sa.yaml" \
    -f "$manifests/base/server/argocd-server-role.yaml" -f "$manifests/base/server/argocd-server-rolebinding.yaml"
  kube -n argocd apply -f "$manifests/base/applicationset-controller/argocd-applicationset-controller-sa.yaml" \
    -f "$manifests/base/applicationset-controller/argocd-applicationset-controller-role.yaml" \
    -f "$manifests/base/applicationset-controller/argocd-applicationset-controller-rolebinding.yaml"
  kube -n argocd apply -k "$manifests/cluster-rbac"
  kube -n argocd patch secret argocd-secret --type=merge -p '{"stringData": {"server.secretkey": "of-tests-only"}}'
  kube -n argocd patch configmap argocd-cm --patch-file "$REPOSITORY/deploy/argocd/argocd-cm.yaml"
  kube -n argocd apply -f - <<'END'
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: default
spec:
  sourceRepos: ["*"]
  destinations: [{namespace: "*", server: "*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
END
}

# Each part has the rights that it has in any installation.
start_argo_cd_part() { # PART SERVICE-ACCOUNT ARGUMENT...
  local part=$1 account=$2 kubeconfig=$ARGO_CD_STATE/$1.kubeconfig
  shift 2
  service_account_kubeconfig argocd "argocd-$account" >"$kubeconfig"
  start_process "argocd-$part" env -C "$ARGO_CD_STATE" ARGOCD_BINARY_NAME="argocd-$part" KUBECONFIG="$kubeconfig" \
    ARGOCD_FAKE_IN_CLUSTER=true ARGOCD_GPG_ENABLED=false HOME="$ARGO_CD_STATE/home" TMPDIR="$ARGO_CD_STATE/tmp" \
    ARGOCD_TLS_DATA_PATH="$ARGO_CD_STATE/tls" ARGOCD_SSH_DATA_PATH="$ARGO_CD_STATE/ssh" \
    ARGOCD_GNUPGHOME="$ARGO_CD_STATE/gpg" ARGOCD_GPG_DATA_PATH="$ARGO_CD_STATE/gpg" \
    ARGOCD_PLUGINSOCKFILEPATH="$ARGO_CD_STATE/plugins" ARGOCD_APP_CONF_PATH="$ARGO_CD_STATE/apps" \
    ARGOCD_ASK_PASS_SOCK="$ARGO_CD_STATE/ask-pass.sock" \
    "$BIN/argocd" "$@"
}

stop_argo_cd() {
  local name
  for name in "${ARGO_CD_PROCESSES[@]}"; do stop_process "$name" TERM; done
}
