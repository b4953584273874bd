# Certificates and kubeconfigs, made anew at each start.
# shellcheck shell=bash

make_pki() {
  mkdir -p "$PKI"
  make_key "$PKI/ca.key"
  openssl req -x509 -new -key "$PKI/ca.key" -days 3650 -subj /CN=backstep-local-ca -out "$PKI/ca.crt"
  make_key "$PKI/service-account.key"
  openssl pkey -in "$PKI/service-account.key" -pubout -out "$PKI/service-account.pub"

  local names="DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  names+=",DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$NODE_IP,IP:$FIRST_SERVICE_IP"
  make_certificate apiserver /CN=kube-apiserver "$names"
  make_certificate etcd /CN=etcd "DNS:localhost,IP:127.0.0.1"
  make_certificate kubelet "/O=system:nodes/CN=system:node:$NODE_NAME" "DNS:$NODE_NAME,IP:$NODE_IP,IP:127.0.0.1"
  make_certificate etcd-client /CN=kube-apiserver-etcd-client
  make_certificate kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  make_certificate controller-manager /CN=system:kube-controller-manager
  make_certificate scheduler /CN=system:kube-scheduler
  make_certificate proxy /CN=system:kube-proxy
  make_certificate dns /CN=backstep:coredns

  make_kubeconfig kubelet kubelet
  make_kubeconfig controller-manager controller-manager
  make_kubeconfig scheduler scheduler
  make_kubeconfig proxy proxy
  make_kubeconfig dns dns
  make_user admin
}

# Somebody who may do everything.
make_user() { # USER
  make_certificate "$1" "/O=system:masters/CN=$1"
  make_kubeconfig "$1" "$1" "$STATE/$1.kubeconfig"
}

make_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; } # FILE

make_certificate() { # NAME SUBJECT [ALTERNATIVE-NAMES]
  make_key "$PKI/$1.key"
  openssl req -new -key "$PKI/$1.key" -subj "$2" | openssl x509 -req -days 3650 -out "$PKI/$1.crt" \
    -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -set_serial "0x$(openssl rand -hex 8)" -extfile <(
      echo keyUsage=critical,digitalSignature
      echo extendedKeyUsage=serverAuth,clientAuth
      [[ -z ${3-} ]] || echo "subjectAltName=$3"
    )
}

base64_of() { base64 -w 0 "$1"; }

make_kubeconfig() { # CERTIFICATE USER [FILE]
  cat >"${3:-$PKI/$1.kubeconfig}" <<END
apiVersion: v1
kind: Config
current-context: backstep-local
contexts:
- name: backstep-local
  context: {cluster: backstep-local, user: $2}
clusters:
- name: backstep-local
  cluster:
    server: $API_SERVER
    certificate-authority-data: $(base64_of "$PKI/ca.crt")
users:
- name: $2
  user:
    client-certificate-data: $(base64_of "$PKI/$1.crt")
    client-key-data: $(base64_of "$PKI/$1.key")
END
}
