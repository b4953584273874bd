# A cluster of one's own for the demo: says which it is and what is made in it, brings the images, installs the operator,
# and takes away what was made. Sourced by dev/demo, which has NAMESPACE, WORK, IMAGES_IN, say, title, fail, and wait_for.
# shellcheck shell=bash disable=SC2153

RELEASE=backstep-demo
MADE_BY_DEMO=backstep.dev/demo
DEMO_IMAGES=(operator:demo app:v1 app:v2 postgres:15)
CRDS_ARE_OURS=false
TOUCHED=false
CARRIER=()

# What fits is found before anything is made.
choose_own_cluster() {
  local program
  [[ -r $BACKSTEP_KUBECONFIG ]] ||
    fail "BACKSTEP_KUBECONFIG names $BACKSTEP_KUBECONFIG, which cannot be read: correct it, or unset it for a cluster on this machine."
  export KUBECONFIG=$BACKSTEP_KUBECONFIG
  # One's own programs first, then those that dev/cluster built.
  PATH=$PATH:$BIN
  for program in kubectl helm; do
    has "$program" || fail "$program is missing: install it, or run dev/cluster up once, which builds it."
  done
  kubectl get --raw /readyz >/dev/null 2>"$WORK/readyz" ||
    fail "The cluster of $BACKSTEP_KUBECONFIG does not answer: $(tail -n 1 "$WORK/readyz")"
  find_carrier
  refuse_what_is_not_ours
}

# How images come to its nodes: these say in their providerID whose they are.
find_carrier() {
  local first name
  if [[ -n $IMAGES_IN ]]; then
    CARRIER=(registry)
    return
  fi
  first=$(kubectl get nodes -o 'jsonpath={.items[0].spec.providerID}')
  case $first in
    kind://*)
      name=${first#kind://*/}
      CARRIER=(kind load image-archive --name "${name%%/*}")
      ;;
    k3s://k3d-*)
      name=${first#k3s://k3d-}
      CARRIER=(k3d image import --cluster "${name%-*-*}")
      ;;
    *)
      is_this_machine || fail "Its nodes are none of kind, k3d or this machine, so the demo cannot bring its images there. $(how_to_push)"
      CARRIER=(ctr --address "$(runtime_socket)" --namespace k8s.io images import)
      ;;
  esac
  has "${CARRIER[0]}" ||
    fail "This is a cluster of ${CARRIER[0]}, which is not in the PATH: install it. Or: $(how_to_push)"
}

how_to_push() {
  cat <<'TEXT'
Build the images (dev/image --save FOLDER), push each of them to a registry that the nodes reach (skopeo copy oci-archive:FOLDER/app_v1.tar docker://REGISTRY/app:v1), and say where they are: dev/demo --image REGISTRY.
TEXT
}

is_this_machine() {
  local addresses
  mapfile -t addresses < <(kubectl get nodes -o 'jsonpath={range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}')
  [[ ${#addresses[@]} == 1 && " $(hostname -I)" == *" ${addresses[0]%% *} "* && -n $(runtime_socket) ]]
}

# Of the containerd that its kubelet uses; CONTAINERD_ADDRESS is ctr's own variable for it.
runtime_socket() {
  local socket
  for socket in "${CONTAINERD_ADDRESS-}" /run/k3s/containerd/containerd.sock /run/containerd/containerd.sock; do
    [[ ! -S $socket ]] || { echo "$socket"; return; }
  done
}

refuse_what_is_not_ours() {
  local namespace others
  for namespace in "$NAMESPACE" "$RELEASE"; do
    [[ -z $(kubectl get namespace "$namespace" --ignore-not-found -o name) ]] || is_ours "$namespace" ||
      fail "Namespace $namespace is in the cluster already, and not the demo's: it would be deleted. Use another cluster, or, if it is not needed: kubectl label namespace $namespace $MADE_BY_DEMO=true"
  done
  others=$(kubectl get deployments --all-namespaces -l app.kubernetes.io/part-of=backstep,app.kubernetes.io/name=backstep \
    -o 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}')
  [[ -z ${others//"$RELEASE/$RELEASE "/} ]] ||
    fail "Backstep is installed already ($others), and would carry out the demo's plan too. Try samples/quickstart with it, or use another cluster."
}

is_ours() { [[ $(kubectl get namespace "$1" -o "jsonpath={.metadata.labels.${MADE_BY_DEMO//./\\.}}") == true ]]; } # NAMESPACE

# They are not there, or an earlier demo made them.
crds_are_ours() {
  local release
  release=$(kubectl get crd rollbackplans.backstep.dev --ignore-not-found \
    -o 'jsonpath=by {.metadata.annotations.meta\.helm\.sh/release-name}')
  [[ -z $release || $release == "by $RELEASE" ]]
}

announce_own_cluster() {
  local where crds='its CustomResourceDefinitions'
  where=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}, context {.contexts[0].name}')
  ! crds_are_ours || CRDS_ARE_OURS=true
  [[ $CRDS_ARE_OURS == true ]] || crds='its CustomResourceDefinitions (those of Backstep that are there are used and left)'
  say "The cluster is $where."
  say "It gets: namespaces $NAMESPACE and $RELEASE, Backstep with cluster-wide roles and admission policies for $NAMESPACE alone, and $crds. All of that goes at the end, unless --keep is given."
  case ${CARRIER[0]} in
    registry) say "Its nodes pull the images: $IMAGES_IN/app:v1 and others." ;;
    *) say "Its nodes get the images ${DEMO_IMAGES[*]/#/backstep.dev/}, which stay, by: ${CARRIER[*]}" ;;
  esac
}

bring_images() {
  local archive
  [[ ${CARRIER[0]} != registry ]] || return 0
  dev/image --save "$WORK/images"
  for archive in "$WORK"/images/*.tar; do
    "${CARRIER[@]}" "$archive" || fail "An image could not be brought into the cluster: ${CARRIER[*]} $archive"
  done
}

# Prints manifests with the images from where they are.
from_registry() { # FILE...
  local file
  for file in "$@"; do
    echo ---
    sed "s|image: backstep.dev/|image: ${IMAGES_IN:-backstep.dev}/|" "$file"
  done
}

install_in_own_cluster() {
  local namespace
  TOUCHED=true
  remove_from_own_cluster # what an earlier demo kept
  TOUCHED=true
  for namespace in "$NAMESPACE" "$RELEASE"; do
    kubectl create -f - >/dev/null <<END || fail "Namespace $namespace could not be made: see above."
apiVersion: v1
kind: Namespace
metadata: {name: $namespace, labels: {$MADE_BY_DEMO: 'true'}}
END
  done
  from_registry samples/quickstart/app.yaml samples/quickstart/rbac.yaml dev/demo-journal.yaml |
    kubectl apply --server-side -f - >/dev/null
  kubectl -n "$RELEASE" create secret generic journal --from-literal=username=backstep --from-literal=password=demo \
    --from-literal="url=jdbc:postgresql://postgres.$RELEASE.svc:5432/backstep" >/dev/null
  helm install "$RELEASE" deploy/helm/backstep --namespace "$RELEASE" --wait --timeout 5m \
    --set "image.repository=${IMAGES_IN:-backstep.dev}/operator,image.tag=demo,replicas=1,watchNamespaces={$NAMESPACE}" \
    --set "journal.enabled=true,journal.existingSecret=journal,crds.enabled=$CRDS_ARE_OURS" >"$WORK/helm.log" 2>&1 ||
    fail "helm could not install the operator: $(tail -n 1 "$WORK/helm.log"). Its pods: $(kubectl -n "$RELEASE" get pods -o 'jsonpath={.items[*].status.containerStatuses[*].state.waiting.message}')"
}

# The plans go first, while the operator runs and has its Role in their namespace: it takes off their finalizers.
remove_from_own_cluster() {
  local namespace
  [[ $TOUCHED == true ]] || return 0
  for namespace in "$NAMESPACE" "$RELEASE"; do
    [[ -z $(kubectl get namespace "$namespace" --ignore-not-found -o name) ]] || is_ours "$namespace" || return 0
  done
  { ! has_plans || kubectl -n "$NAMESPACE" delete rollbackplans --all --timeout=120s >/dev/null; } &&
    kubectl delete namespace "$NAMESPACE" --ignore-not-found --timeout=120s >/dev/null &&
    helm uninstall "$RELEASE" --namespace "$RELEASE" --no-hooks --ignore-not-found --wait >/dev/null &&
    kubectl delete namespace "$RELEASE" --ignore-not-found --timeout=120s >/dev/null &&
    { [[ $CRDS_ARE_OURS == false ]] || kubectl delete --ignore-not-found -f deploy/crds >/dev/null; } &&
    TOUCHED=false
}

has_plans() { [[ -n $(kubectl -n "$NAMESPACE" get rollbackplans -o name 2>/dev/null) ]]; }

how_to_remove_it() {
  echo "kubectl -n $NAMESPACE delete rollbackplans --all && kubectl delete namespace $NAMESPACE && helm uninstall $RELEASE --namespace $RELEASE --no-hooks && kubectl delete namespace $RELEASE"
  [[ $CRDS_ARE_OURS == false ]] || echo "kubectl delete -f deploy/crds"
}
