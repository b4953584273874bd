package dev.backstep.gitops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.cluster.Refusal;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who deploys an object, as far as it says so, and what is to be seen of them. */
@ApplicationScoped
public class Deployers {
  private final KubernetesClient client;
  private final List<DeployerKind> kinds;

  Deployers(KubernetesClient client, @All List<DeployerKind> kinds) {
    this.client = client;
    this.kinds = kinds;
  }

  /** What the operator sees of a deployer. */
  sealed interface Seen {
    /**
     * It is there.
     *
     * @param json the object as JSON
     */
    record There(HasMetadata object, ObjectNode json) implements Seen {}

    /** There is none of that name. */
    record Absent() implements Seen {}

    /** The operator may not look. */
    record Hidden(String why) implements Seen {}
  }

  /** Those that say that they deploy an object. */
  Stream<Deployer> of(HasMetadata object) {
    return kinds.stream().map(kind -> kind.of(object)).flatMap(Optional::stream);
  }

  /** Those that a plan holds. */
  List<Deployer> named(GitOps gitOps) {
    return kinds.stream().flatMap(kind -> kind.named(gitOps)).toList();
  }

  /**
   * Who may put back the switch of a deployer, in words; empty: nobody that is known.
   *
   * @param held whom the plan holds as well
   */
  Optional<String> above(Deployer deployer, HasMetadata object, List<Deployer> held) {
    return Stream.concat(
            object.getMetadata().getOwnerReferences().stream()
                .map(owner -> "%s %s".formatted(owner.getKind(), owner.getName())),
            makers(object, held)
                .filter(by -> by.kind().keeps(object, deployer.kind().place()).isEmpty())
                .map(Deployer::toString))
        .findFirst();
  }

  /** Who is known to put back the switch of a deployer. */
  Optional<Deployer> keeping(Deployer deployer, HasMetadata object, List<Deployer> held) {
    return makers(object, held)
        .filter(by -> by.kind().keeps(object, deployer.kind().place()).orElse(false))
        .findFirst();
  }

  /** Those who deploy a deployer, and are not off. */
  private Stream<Deployer> makers(HasMetadata object, List<Deployer> held) {
    return of(object).filter(by -> !held.contains(by)).filter(this::mayRevert);
  }

  private boolean mayRevert(Deployer deployer) {
    return !(see(deployer) instanceof Seen.There there)
        || deployer.kind().reverts(there.json()).isPresent();
  }

  /** How a deployer is now; asked of the API server. */
  Seen see(Deployer deployer) {
    try {
      var object =
          client
              .genericKubernetesResources(deployer.kind().resource())
              .inNamespace(deployer.namespace())
              .withName(deployer.name())
              .get();
      return object == null ? new Seen.Absent() : there(object);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return new Seen.Hidden(Refusal.said(e));
      }
      throw e;
    }
  }

  private Seen there(HasMetadata object) {
    return new Seen.There(
        object, client.getKubernetesSerialization().convertValue(object, ObjectNode.class));
  }
}
