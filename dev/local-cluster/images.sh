# Builds the images into one OCI layout in the cache and brings them into containerd.
# shellcheck shell=bash

# $IMAGES/blobs/sha256/...          layers, configurations, manifests
# $IMAGES/NAME:TAG.inputs           the hash of what the image was made from
# $IMAGES/NAME:TAG.index.json       its OCI index: written last, so it is there when all is
# $IMAGES/debian.layer              the digest of the layer that images share
IMAGE_NAMES=(pause:1 app:v1 app:v2 debian:12 postgres:15 prometheus:2)
BASE_PACKAGES=openjdk-17-jre-headless,postgresql-15,ca-certificates
UNPRIVILEGED=65532

ctr_k8s() { ctr --address "$CONTAINERD_SOCKET" --namespace k8s.io "$@"; }

hash_of() { # FILE-OR-FOLDER...
  find "$@" -type f -print0 | sort -z | xargs -0 cat | sha256sum | cut -d ' ' -f 1
}

image_inputs() { # NAME:TAG
  case $1 in
    pause:*) hash_of "$LOCAL_CLUSTER/pause" ;;
    app:*) hash_of "$DEV/app" ;;
    bookings:*) hash_of "$DEV/bookings" ;;
    debian:*) base_inputs ;;
    postgres:*) echo "$(base_inputs)-$(hash_of "$LOCAL_CLUSTER/postgres")" ;;
    traefik:*) hash_of "$LOCAL_CLUSTER/traefik" ;;
    procrastinate:*) python_inputs "$LOCAL_CLUSTER/procrastinate" "$DEV/queue" ;;
    ihatemoney:*) python_inputs "$LOCAL_CLUSTER/ihatemoney" "$DEV/budget" ;;
    prometheus:*) echo "$(base_inputs) $(declare -f build_prometheus)" | sha256sum | cut -d ' ' -f 1 ;;
  esac
}

base_inputs() { echo "$DEBIAN_SUITE $BASE_PACKAGES $(declare -f make_base_tree)" | sha256sum | cut -d ' ' -f 1; }

python_inputs() { echo "$(base_inputs)-$(hash_of "$LOCAL_CLUSTER/python.sh" "$@")"; } # FILE-OR-FOLDER...

# shellcheck disable=SC2153 # IMAGES comes from common.sh
image_is_built() { # NAME:TAG
  [[ -s $IMAGES/$1.index.json && $(cat "$IMAGES/$1.inputs" 2>/dev/null) == "$(image_inputs "$1")" ]]
}

images_are_built() {
  local image
  for image in "${IMAGE_NAMES[@]}"; do image_is_built "$image" || return 1; done
}

ensure_images() {
  if images_are_built; then
    step_done "images: in the cache"
  else
    step "building images" "first time: about 1 min" build_images
  fi
}

build_images() {
  local image
  mkdir -p "$IMAGES/blobs/sha256"
  for image in "${IMAGE_NAMES[@]}"; do
    image_is_built "$image" && continue
    echo "building $image"
    rm -f "$IMAGES/$image.index.json"
    "build_${image%%:*}" "$image"
    image_inputs "$image" >"$IMAGES/$image.inputs"
  done
  remove_unused_blobs
}

build_pause() { build_go_image "$1" "$LOCAL_CLUSTER/pause" pause; }

build_app() { build_go_image "$1" "$DEV/app" app "-X main.version=${1#*:}"; }

build_go_image() { # NAME:TAG FOLDER PROGRAM [LDFLAGS]
  local tree
  check_go
  tree=$(new_tree)
  (cd "$2" && CGO_ENABLED=0 GOWORK=off go build -buildvcs=false -trimpath -ldflags "-s -w ${4-}" -o "$tree/$3" .)
  write_image "$1" "{\"Entrypoint\": [\"/$3\"], \"User\": \"$UNPRIVILEGED\"}" "$(layer_of "$tree")"
  rm -rf "$tree"
}

build_debian() {
  local tree
  tree=$(new_tree)
  make_base_tree "$tree"
  layer_of "$tree" >"$IMAGES/debian.layer"
  rm -rf "$tree"
  write_image "$1" '{"Cmd": ["bash"]}' "$(<"$IMAGES/debian.layer")"
}

make_base_tree() { # TREE
  local mirror
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' |
    awk -v suite="$DEBIAN_SUITE" '$2 == suite { print $1; exit }')
  debootstrap --variant=minbase --include="$BASE_PACKAGES" "$DEBIAN_SUITE" "$1" ${mirror:+"$mirror"} ||
    fail "debootstrap could not make a Debian system: connect to a Debian mirror, then run dev/cluster up again."
  echo "app:x:65532:65532:app:/tmp:/usr/sbin/nologin" >>"$1/etc/passwd"
  echo "app:x:65532:" >>"$1/etc/group"
  # What nothing here reads; libLLVM and libz3 serve only PostgreSQL's JIT, which is off.
  (
    cd "$1" || exit
    rm -rf var/cache/apt/* var/lib/apt/lists/* var/log/* tmp/* dev/* etc/apt/sources.list \
      usr/share/{doc,man,info,locale,lintian} var/lib/postgresql/15 etc/postgresql/15 \
      usr/lib/*/libLLVM-*.so* usr/lib/*/libz3.so*
  )
}

build_postgres() {
  local tree
  tree=$(new_tree)
  install -D -m 755 "$LOCAL_CLUSTER/postgres/entrypoint" "$tree/usr/local/bin/postgres-entrypoint"
  write_image "$1" '{"Entrypoint": ["/usr/local/bin/postgres-entrypoint"], "ExposedPorts": {"5432/tcp": {}},
    "Env": ["PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}' \
    "$(<"$IMAGES/debian.layer")" "$(layer_of "$tree")"
  rm -rf "$tree"
}

# Only the program: what else its package needs is for a machine that runs it as a service.
build_prometheus() { # NAME:TAG
  local tree work
  tree=$(new_tree)
  work=$(mktemp -d "$IMAGES/package.XXXXXX")
  (cd "$work" && apt-get -q download prometheus) ||
    fail "Debian's package prometheus could not be had: connect to a Debian mirror, then run dev/cluster up again."
  dpkg-deb -x "$work"/prometheus_*.deb "$work/content"
  install -D -m 755 "$work/content/usr/bin/prometheus" "$tree/usr/bin/prometheus"
  rm -rf "$work"
  write_image "$1" "{\"User\": \"$UNPRIVILEGED\", \"ExposedPorts\": {\"9090/tcp\": {}},
    \"Entrypoint\": [\"/usr/bin/prometheus\", \"--config.file=/etc/prometheus/prometheus.yml\",
      \"--storage.tsdb.path=/tmp/prometheus\"]}" "$(<"$IMAGES/debian.layer")" "$(layer_of "$tree")"
  rm -rf "$tree"
}

new_tree() {
  rm -rf "$IMAGES/tree"
  mkdir -p "$IMAGES/tree"
  echo "$IMAGES/tree"
}

# Puts a file into the layout under its digest, and prints the digest.
store_blob() { # FILE
  local digest
  digest=$(sha256sum "$1" | cut -d ' ' -f 1)
  mv "$1" "$IMAGES/blobs/sha256/$digest"
  echo "$digest"
}

layer_of() { # TREE
  tar -C "$1" --numeric-owner --sort=name --mtime=@0 -cf "$IMAGES/layer.tmp" .
  store_blob "$IMAGES/layer.tmp"
}

descriptor() { # MEDIA-TYPE DIGEST
  printf '{"mediaType": "application/vnd.oci.image.%s", "digest": "sha256:%s", "size": %d}' \
    "$1" "$2" "$(stat -c %s "$IMAGES/blobs/sha256/$2")"
}

write_image() { # NAME:TAG CONFIG LAYER-DIGEST...
  local name=$1 config=$2 layer
  shift 2
  jq -n --arg arch "$(go_arch)" --argjson config "$config" \
    '{architecture: $arch, os: "linux", config: $config,
      rootfs: {type: "layers", diff_ids: [$ARGS.positional[] | "sha256:" + .]}}' \
    --args "$@" >"$IMAGES/config.tmp"
  config=$(descriptor config.v1+json "$(store_blob "$IMAGES/config.tmp")")
  for layer in "$@"; do descriptor layer.v1.tar "$layer"; done |
    jq -s --argjson config "$config" '{schemaVersion: 2, config: $config, layers: .,
      mediaType: "application/vnd.oci.image.manifest.v1+json"}' >"$IMAGES/manifest.tmp"
  descriptor manifest.v1+json "$(store_blob "$IMAGES/manifest.tmp")" |
    jq --arg name "backstep.dev/$name" \
      '{schemaVersion: 2, manifests: [.annotations = {"io.containerd.image.name": $name}]}' >"$IMAGES/index.tmp"
  mv "$IMAGES/index.tmp" "$IMAGES/$name.index.json"
}

go_arch() { if [[ $(uname -m) == aarch64 ]]; then echo arm64; else echo amd64; fi; }

manifest_digest() { jq -r '.manifests[0].digest' "$IMAGES/$1.index.json"; } # NAME:TAG

# The digests of all that an image is made of, layers last.
image_blobs() { # NAME:TAG
  local manifest
  manifest=$(manifest_digest "$1")
  echo "$manifest"
  jq -r '.config.digest, .layers[].digest' "$IMAGES/blobs/sha256/${manifest#sha256:}"
}

image_layers() { image_blobs "$1" | tail -n +3 | cut -d : -f 2; } # NAME:TAG

remove_unused_blobs() {
  local used index blob
  used=$(for index in "$IMAGES"/*.index.json; do image_blobs "$(basename "$index" .index.json)"; done)
  for blob in "$IMAGES"/blobs/sha256/*; do
    grep -q "${blob##*/}" <<<"$used" || rm -f "$blob"
  done
}

# Only the blobs that containerd lacks are sent, so a layer travels once.
import_image() { # NAME:TAG
  local present blob lacking=()
  present=$(ctr_k8s content ls --quiet)
  while read -r blob; do
    grep -q "$blob" <<<"$present" || lacking+=("$blob")
  done < <(image_blobs "$1")
  archive_of "$1" ${lacking[@]+"${lacking[@]}"} | ctr_k8s image import -
}

# Prints an image as an archive in the OCI layout, with these of its blobs.
archive_of() { # NAME:TAG DIGEST...
  local work blob
  work=$(mktemp -d "$IMAGES/archive.XXXXXX")
  mkdir -p "$work/blobs/sha256"
  echo '{"imageLayoutVersion": "1.0.0"}' >"$work/oci-layout"
  cp "$IMAGES/$1.index.json" "$work/index.json"
  shift
  for blob in "$@"; do ln -s "$IMAGES/blobs/sha256/${blob#sha256:}" "$work/blobs/sha256/"; done
  tar -C "$work" -chf - oci-layout index.json blobs
  rm -rf "$work"
}

# Brings what containerd lacks, or has of another build.
import_images() {
  local images image
  images=$(ctr_k8s images ls)
  for image in "${IMAGE_NAMES[@]}"; do
    awk -v name="backstep.dev/$image" -v digest="$(manifest_digest "$image")" \
      '$1 == name && $3 == digest { found = 1 } END { exit !found }' <<<"$images" || import_image "$image"
  done
}
