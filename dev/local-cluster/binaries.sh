# Builds the cluster's Go programs into the cache, once for each version.
# shellcheck shell=bash

KUBERNETES_PROGRAMS=(kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet etcd)

kubernetes_key() {
  cat "$LOCAL_CLUSTER/kubernetes/go.mod" "$LOCAL_CLUSTER/kubernetes/go.sum" | sha256sum | cut -c 1-16
}

coredns_key() { cat "$LOCAL_CLUSTER"/coredns/{go.mod,go.sum,main.go} | sha256sum | cut -c 1-16; }

# A program is there when its stamp says so: the stamp is written last.
is_built() { [[ $(cat "$BIN/.$1" 2>/dev/null) == "$2" ]]; } # NAME KEY

binaries_are_built() {
  is_built kubernetes "$(kubernetes_key)" && is_built coredns "$(coredns_key)" && is_built helm "$HELM_VERSION"
}

ensure_binaries() {
  if binaries_are_built; then
    step_done "Kubernetes ${KUBERNETES_VERSION#v}, CoreDNS, Helm: in the cache"
  else
    step "building Kubernetes ${KUBERNETES_VERSION#v}, CoreDNS, Helm" "first time: about 8 min" build_binaries
  fi
}

build_binaries() {
  rm -rf "$BIN".building
  mkdir -p "$BIN" "$BIN".building
  export CGO_ENABLED=0
  if ! is_built kubernetes "$(kubernetes_key)"; then build_kubernetes; fi
  if ! is_built coredns "$(coredns_key)"; then build_coredns; fi
  if ! is_built helm "$HELM_VERSION"; then
    build_module helm "$HELM_VERSION" helm.sh/helm/v3/cmd/helm "-X helm.sh/helm/v3/internal/version.version=$HELM_VERSION"
  fi
  rm -rf "$BIN".building
}

build_kubernetes() {
  local version=k8s.io/component-base/version minor=${KUBERNETES_VERSION#v1.}
  (
    cd "$LOCAL_CLUSTER/kubernetes" || exit
    GOWORK=off run_go build -mod=readonly -buildvcs=false -trimpath -o "$BIN.building/" -ldflags "-s -w \
      -X $version.gitVersion=$KUBERNETES_VERSION -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}" tool
  )
  mv "$BIN.building/server" "$BIN.building/etcd"
  keep kubernetes "$(kubernetes_key)" "${KUBERNETES_PROGRAMS[@]}"
}

build_coredns() {
  (
    cd "$LOCAL_CLUSTER/coredns" || exit
    GOWORK=off run_go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w" -o "$BIN.building/" .
  )
  keep coredns "$(coredns_key)" coredns
}

build_module() { # NAME VERSION PACKAGE [LDFLAGS]
  GOBIN=$BIN.building run_go install -trimpath -ldflags "-s -w ${4-}" "$3@$2"
  keep "$1" "$2" "$1"
}

keep() { # NAME KEY PROGRAM...
  local name=$1 key=$2 program
  shift 2
  for program in "$@"; do mv "$BIN.building/$program" "$BIN/$program"; done
  echo "$key" >"$BIN/.$name"
}

run_go() {
  local log=$BIN.building/go.log
  go "$@" 2>&1 | tee "$log" && return
  ! grep -qE 'dial tcp|no such host|server misbehaving|i/o timeout|connection refused|TLS handshake' "$log" ||
    fail "Go could not download modules, there seems to be no network: connect (or set GOPROXY), then run dev/cluster up again."
  ! grep -q 'no space left' "$log" || fail "the disk is full: free some space, then run dev/cluster up again."
  return 1
}
