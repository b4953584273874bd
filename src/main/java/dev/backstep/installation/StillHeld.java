package dev.backstep.installation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.problem.Problem;
import dev.backstep.program.Ending;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What {@code helm uninstall} runs first: names what is held or under way, which nobody would give
 * back or carry on once the operator is gone. While there is anything, it fails, and nothing is
 * uninstalled.
 */
public final class StillHeld {
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final Installation installation;

  private StillHeld(KubernetesClient client, Installation installation) {
    this.client = client;
    this.installation = installation;
  }

  /** Looks at what the environment names. */
  public static void main(String[] args) throws JsonProcessingException {
    var installation = Installation.of(System.getenv(Installation.VARIABLE));
    try (var client = new KubernetesClientBuilder().build()) {
      System.exit(new StillHeld(client, installation).end());
    }
  }

  private int end() {
    try {
      var unfinished = unfinished().toList();
      return unfinished.isEmpty()
          ? Ending.done("Nothing is held or under way: the operator may go.")
          : Ending.refused(new Problem("StillHeld", Unfinished.all(unfinished, installation)));
    } catch (KubernetesClientException e) {
      return Ending.refused(
          new Problem(
              "NotKnown",
              "Whether anything is held or under way could not be found out: %s. Try again; to uninstall without knowing it: helm uninstall %s --namespace %s --no-hooks"
                  .formatted(e.getMessage(), installation.release(), installation.namespace())));
    }
  }

  private Stream<String> unfinished() {
    return Stream.of(
            named(RollbackPlan.class, Unfinished::of),
            named(SyncControl.class, Unfinished::of),
            named(DbRestore.class, Unfinished::of))
        .flatMap(Function.identity());
  }

  private <T extends HasMetadata> Stream<String> named(
      Class<T> kind, Function<T, Stream<String>> unfinished) {
    return objects(kind).stream().flatMap(unfinished);
  }

  /** Where a kind is not installed, there is none. */
  private <T extends HasMetadata> List<T> objects(Class<T> kind) {
    try {
      var all = client.resources(kind);
      return installation.watched().isEmpty()
          ? all.inAnyNamespace().list().getItems()
          : installation.watched().stream()
              .flatMap(it -> all.inNamespace(it).list().getItems().stream())
              .toList();
    } catch (KubernetesClientException e) {
      if (e.getCode() == NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }
}
