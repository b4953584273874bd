package dev.backstep.gitops;

import dev.backstep.object.ObjectRef;

/**
 * An object that keeps others as Git has them, such as an Application of Argo CD.
 *
 * @param kind what sort of object it is
 * @param namespace where it is, mostly another one than that of what it deploys
 */
record Deployer(DeployerKind kind, String namespace, String name) {
  ObjectRef ref() {
    var resource = kind.resource();
    return new ObjectRef(
        "%s/%s".formatted(resource.getGroup(), resource.getVersion()),
        resource.getKind(),
        namespace,
        name);
  }

  /** Its resource, as kubectl takes it. */
  String resource() {
    return "%s.%s".formatted(kind.resource().getPlural(), kind.resource().getGroup());
  }

  @Override
  public String toString() {
    return "%s %s/%s".formatted(kind.resource().getKind(), namespace, name);
  }
}
