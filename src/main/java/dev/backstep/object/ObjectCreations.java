package dev.backstep.object;

import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Creates objects that do nothing by themselves, each under a name that no other effect has. */
@ApplicationScoped
public class ObjectCreations implements Effector<ObjectCreation> {
  private final KubernetesClient client;
  private final Impersonation impersonation;

  public ObjectCreations(KubernetesClient client, Impersonation impersonation) {
    this.client = client;
    this.impersonation = impersonation;
  }

  @Override
  public Class<ObjectCreation> type() {
    return ObjectCreation.class;
  }

  @Override
  public Outcome send(ObjectCreation effect, Mark mark, Author author, Instant notAfter) {
    return Sending.persistently(
        () -> created(impersonation.as(author).resource(object(effect)).create()),
        e -> lookAfter(e, effect, author));
  }

  @Override
  public Outcome close(
      ObjectCreation effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return look(effect)
        .orElseGet(() -> wanted ? send(effect, mark, author, notAfter) : new Outcome.Refused(null));
  }

  private Optional<Outcome> lookAfter(
      KubernetesClientException e, ObjectCreation effect, Author author) {
    if (Sending.forbidden(e)) {
      return Optional.of(Sending.denied(e, "create", effect, author));
    }
    var seen = look(effect);
    return seen.isEmpty() && (Sending.invalid(e) || Sending.notFound(e))
        ? Optional.of(Sending.refused(e, effect))
        : seen;
  }

  /** What became of it; empty: there is nothing of that name. */
  private Optional<Outcome> look(ObjectCreation effect) {
    return Optional.ofNullable(client.resource(object(effect)).get())
        .map(live -> ours(effect, live) ? created(live) : taken(effect));
  }

  private static boolean ours(ObjectCreation effect, HasMetadata live) {
    var labels = effect.manifest().at("/metadata/labels");
    var theirs = live.getMetadata().getLabels();
    return theirs != null
        && Objects.equals(labels.path(Annotations.RECORD).asText(), theirs.get(Annotations.RECORD));
  }

  private static Outcome taken(ObjectCreation effect) {
    return new Outcome.Failed(
        new Problem(
            "NameTaken",
            "There is another %s, which Backstep did not create. Delete it, then answer Retry."
                .formatted(effect.target())));
  }

  private static Outcome created(HasMetadata live) {
    return Outcome.Applied.saying("uid %s".formatted(live.getMetadata().getUid()));
  }

  private HasMetadata object(ObjectCreation effect) {
    return client.getKubernetesSerialization().convertValue(effect.manifest(), HasMetadata.class);
  }

  @Override
  public List<String> preview(ObjectCreation effect, Author author) {
    try {
      impersonation.as(author).resource(object(effect)).dryRun().create();
      return Differences.of(effect);
    } catch (KubernetesClientException e) {
      return List.of("%s: would be refused: %s".formatted(effect.target(), Refusal.said(e)));
    }
  }

  /** What was created stays, for whoever wants to see what it did. */
  @Override
  public CompletionStage<Step> reverse(
      List<Sent<ObjectCreation>> sent, List<Sent<?>> back, Author author) {
    return Step.done("what was created did nothing by itself.").now();
  }
}
