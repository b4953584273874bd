package dev.backstep.object;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Patches objects: one PATCH and no GET. The patch tests the version that it was prepared from and
 * leaves a mark, so that doing it twice is refused, and so that whoever comes later can see on the
 * target itself whether it was done.
 */
@ApplicationScoped
public class ObjectPatches implements Effector<ObjectPatch> {
  /** More at once gain nothing on a small API server. */
  private static final int AT_ONCE = 16;

  private final KubernetesClient client;
  private final Impersonation impersonation;
  private final WorkloadLookup workloads;
  private final PatchReversals reversals;
  private final Differences differences;
  private final Editors editors;
  private final ConfigMaps configMaps;

  public ObjectPatches(
      KubernetesClient client,
      Impersonation impersonation,
      WorkloadLookup workloads,
      PatchReversals reversals,
      Differences differences,
      Editors editors,
      ConfigMaps configMaps) {
    this.client = client;
    this.impersonation = impersonation;
    this.workloads = workloads;
    this.reversals = reversals;
    this.differences = differences;
    this.editors = editors;
    this.configMaps = configMaps;
  }

  @Override
  public Class<ObjectPatch> type() {
    return ObjectPatch.class;
  }

  @Override
  public int atOnce() {
    return AT_ONCE;
  }

  @Override
  public Outcome send(ObjectPatch effect, Mark mark, Author author, Instant notAfter) {
    return effect.uid() == null
        ? absent(effect)
        : Sending.persistently(
            () -> applied(patch(effect, author, marked(effect, Annotations.MARK, mark))),
            e -> lookAfter(e, effect, mark, author));
  }

  /** What was not found in the caches may be there all the same. */
  private Outcome absent(ObjectPatch effect) {
    return effect
        .object()
        .find(client)
        .<Outcome>map(live -> new Outcome.Refused(version(live)))
        .orElseGet(Outcome.Gone::new);
  }

  @Override
  public Outcome close(
      ObjectPatch effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return look(effect, mark)
        .orElseGet(
            () -> wanted ? send(effect, mark, author, notAfter) : fence(effect, mark, author));
  }

  /** Must change a byte: only then does the version move, and the late write is refused. */
  private Outcome fence(ObjectPatch effect, Mark mark, Author author) {
    try {
      return new Outcome.Refused(
          version(patch(effect, author, marked(bare(effect), Annotations.FENCE, mark))));
    } catch (KubernetesClientException e) {
      if (Sending.forbidden(e)) {
        // Who may not write the fence may not send the late effect either.
        return Sending.denied(e, "patch", effect, author);
      }
      return look(effect, mark).orElseThrow(() -> e);
    }
  }

  /** The end of a send that threw; empty: it may still land, so it can and must be sent again. */
  private Optional<Outcome> lookAfter(
      KubernetesClientException e, ObjectPatch effect, Mark mark, Author author) {
    if (Sending.forbidden(e)) {
      return Optional.of(Sending.denied(e, "patch", effect, author));
    }
    if (Sending.notFound(e)) {
      return Optional.of(new Outcome.Gone());
    }
    var seen = look(effect, mark);
    return seen.isEmpty() && Sending.invalid(e) ? Optional.of(Sending.refused(e, effect)) : seen;
  }

  /** What the target itself says; empty: the patch is not there, and may still arrive. */
  private Optional<Outcome> look(ObjectPatch effect, Mark mark) {
    if (effect.uid() == null) {
      return Optional.of(absent(effect));
    }
    var found = effect.object().read(client, effect.uid());
    if (found.isEmpty()) {
      return Optional.of(effect.starts() == null ? new Outcome.Gone() : perhapsStarted(effect));
    }
    var live = found.get();
    var json = json(live);
    if (mark.text().equals(Annotations.of(live).get(Annotations.MARK)) || effect.isEntered(json)) {
      return Optional.of(applied(live));
    }
    return effect.precondition().holds(json)
        ? Optional.empty()
        : Optional.of(new Outcome.Refused(version(live)));
  }

  private static Outcome perhapsStarted(ObjectPatch effect) {
    return new Outcome.Unknown(
        "%s is gone, and it may have been started before.".formatted(effect.target()), null);
  }

  private HasMetadata patch(ObjectPatch effect, Author author, ArrayNode operations) {
    var target = impersonation.as(author).resource(effect.object().address(client));
    var written = effect.subresource() == null ? target : target.subresource(effect.subresource());
    try {
      return written.patch(PatchContext.of(PatchType.JSON), operations.toString());
    } finally {
      configMaps.changed();
    }
  }

  private static Outcome applied(HasMetadata seen) {
    return new Outcome.Applied(version(seen));
  }

  private static String version(HasMetadata seen) {
    return seen.getMetadata().getResourceVersion();
  }

  private static ArrayNode marked(ObjectPatch effect, String annotation, Mark mark) {
    return tested(effect.annotated(annotation, mark.text()));
  }

  /** The operations, after the tests that keep them off a target that changed meanwhile. */
  static ArrayNode tested(ObjectPatch effect) {
    var patch = JsonNodeFactory.instance.arrayNode();
    patch.addObject().put("op", "test").put("path", "/metadata/uid").put("value", effect.uid());
    effect.precondition().test(patch);
    effect.patch().forEach(patch::add);
    return patch;
  }

  /** A fence writes nothing but its annotation, for which the annotations have to exist. */
  private static ObjectPatch bare(ObjectPatch effect) {
    var base = JsonNodeFactory.instance.arrayNode();
    effect
        .patch()
        .forEach(
            operation -> {
              if ("/metadata/annotations".equals(operation.path("path").asText())) {
                base.add(operation);
              }
            });
    return effect.withPatch(base);
  }

  @Override
  public List<String> preview(ObjectPatch effect, Author author) {
    return differences.of(effect, impersonation.as(author));
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<ObjectPatch>> sent, List<Sent<?>> back, Author author) {
    var taken =
        back.stream()
            .filter(it -> it.outcome() instanceof Outcome.Applied)
            .map(Sent::effect)
            .filter(ObjectPatch.class::isInstance)
            .map(ObjectPatch.class::cast)
            .toList();
    var owner = sent.stream().map(it -> it.mark().claim()).findFirst().orElse("");
    return reversals.of(owner, sent.stream().map(Sent::effect).toList(), taken);
  }

  @Override
  public boolean seen(ObjectPatch effect, Outcome outcome) {
    return outcome.version() == null
        || cached(effect.object())
            .filter(cached -> Long.parseLong(cached) < Long.parseLong(outcome.version()))
            .isEmpty();
  }

  /** The version in the caches; empty: the object is not cached. */
  private Optional<String> cached(ObjectRef object) {
    return WorkloadRef.of(object.kind(), object.name())
        .flatMap(ref -> workloads.find(object.namespace(), ref))
        .map(workload -> version(workload.object()));
  }

  @Override
  public Standing standing(ObjectPatch effect) {
    return new Standing(effect.owner(), effect.mark());
  }

  @Override
  public ObjectPatch owned(ObjectPatch effect, String claim) {
    return effect.annotated(Annotations.OWNER, claim);
  }

  @Override
  public Optional<String> editor(ObjectPatch effect) {
    return effect.object().read(client, effect.uid()).flatMap(editors::last);
  }

  private ObjectNode json(HasMetadata live) {
    return client.getKubernetesSerialization().convertValue(live, ObjectNode.class);
  }
}
