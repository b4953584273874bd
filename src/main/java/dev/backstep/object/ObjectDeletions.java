package dev.backstep.object;

import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Deletable;
import io.fabric8.kubernetes.client.dsl.ReplaceDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Deletes objects that their owner makes again, at once or when it is time. */
@ApplicationScoped
public class ObjectDeletions implements Effector<ObjectDeletion> {
  private final KubernetesClient client;
  private final Impersonation impersonation;

  public ObjectDeletions(KubernetesClient client, Impersonation impersonation) {
    this.client = client;
    this.impersonation = impersonation;
  }

  @Override
  public Class<ObjectDeletion> type() {
    return ObjectDeletion.class;
  }

  @Override
  public Outcome send(ObjectDeletion effect, Mark mark, Author author, Instant notAfter) {
    return Sending.persistently(() -> delete(effect, author), e -> lookAfter(e, effect, author));
  }

  private Outcome delete(ObjectDeletion effect, Author author) {
    var deletion =
        impersonation
            .as(author)
            .resource(effect.object().address(client))
            .lockResourceVersion(effect.version());
    (effect.withItsOwn() == null ? deletion : last(deletion)).delete();
    return new Outcome.Applied(null);
  }

  /** The client can do both at once, and its types do not say so. */
  private static Deletable last(ReplaceDeletable<?> deletion) {
    return ((Resource<?>) deletion).withPropagationPolicy(DeletionPropagation.FOREGROUND);
  }

  private Optional<Outcome> lookAfter(
      KubernetesClientException e, ObjectDeletion effect, Author author) {
    if (Sending.forbidden(e)) {
      return Optional.of(Sending.denied(e, "delete", effect, author));
    }
    if (Sending.notFound(e)) {
      return Optional.of(new Outcome.Applied(null));
    }
    var seen = look(effect);
    return seen.isEmpty() && Sending.invalid(e) ? Optional.of(Sending.refused(e, effect)) : seen;
  }

  /** What became of the object; empty: it is as it was, and the deletion may still arrive. */
  private Optional<Outcome> look(ObjectDeletion effect) {
    var live = effect.object().read(client, effect.uid());
    if (live.isEmpty()) {
      return Optional.of(new Outcome.Applied(null));
    }
    var version = live.get().getMetadata().getResourceVersion();
    return version.equals(effect.version())
        ? Optional.empty()
        : Optional.of(new Outcome.Refused(null));
  }

  /** Not fenced: what is deleted late is made again by its owner, and that is all. */
  @Override
  public Outcome close(
      ObjectDeletion effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return look(effect)
        .orElseGet(() -> wanted ? send(effect, mark, author, notAfter) : new Outcome.Refused(null));
  }

  @Override
  public List<String> preview(ObjectDeletion effect, Author author) {
    return List.of("%s: deleted".formatted(effect.target()));
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<ObjectDeletion>> sent, List<Sent<?>> back, Author author) {
    return Step.done("what was deleted was made again by its owner.").now();
  }
}
