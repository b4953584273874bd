package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.effect.Target;
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

  /** A merge patch that gives its switch this value. */
  String merge(JsonNode value) {
    var names = kind.place().text().substring(1).split("/");
    var patch = value;
    for (var i = names.length - 1; i >= 0; i--) {
      patch = JsonNodeFactory.instance.objectNode().set(names[i], patch);
    }
    return patch.toString();
  }

  /** Why it cannot be kept off, with the remedy, where another one has its switch in Git. */
  String kept(Deployer by) {
    return "%s is itself made by %s, which has %s in Git and would put that back with its next round. Take it out of Git there, or name that one too, in %s."
        .formatted(this, by, kind.place().text(), by.kind().howToName(by));
  }

  /** It, as holds name it. */
  Target target() {
    return new Target(kind.resource().getKind(), name);
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
