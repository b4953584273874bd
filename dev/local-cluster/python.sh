# Puts Debian's Python and packages from PyPI into the trees of images.
# shellcheck shell=bash

PYTHON=3.11 # Debian's

# Only the interpreter: the libraries that it needs are there, since PostgreSQL needs them too.
add_python() { # TREE
  local work package
  work=$(mktemp -d "$IMAGES/package.XXXXXX")
  (cd "$work" && apt-get -q download "python$PYTHON-minimal" "libpython$PYTHON-minimal" "libpython$PYTHON-stdlib") ||
    fail "Debian's packages of Python could not be had: connect to a Debian mirror, then run dev/$(basename "$0") again."
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$1"; done
  rm -rf "$work" "$1/usr/share/doc" "$1/usr/share/man"
}

# Wheels alone, pinned by hash. What is compiled goes by content, since layers have no times.
add_packages() { # TREE REQUIREMENTS
  SOURCE_DATE_EPOCH=0 pip3 install --quiet --root-user-action ignore --disable-pip-version-check --compile --no-deps \
    --require-hashes --only-binary :all: --python-version "$PYTHON" \
    --target "$1/usr/local/lib/python$PYTHON/dist-packages" --requirement "$2" ||
    fail "the packages in $2 could not be had: connect to a mirror of PyPI, then run dev/$(basename "$0") again."
}
