package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.effect.LookThreads;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Puts back what patches changed, place by place: the first value that was replaced comes back,
 * where the last value that was set is still there. What somebody else set meanwhile stays, and is
 * named. Pods that were restarted to read something are restarted again, unless their template
 * comes back, whoever restarted them meanwhile. It is held until everything that the action did is
 * back: then there is nothing left.
 */
@ApplicationScoped
public class PatchReversals {
  private static final int NAMED = 5;

  private static final String RESTARTED = "%s: restart, so that its pods read what was put back";

  private final KubernetesClient client;
  private final Clock clock;
  private final LookThreads threads;

  public PatchReversals(KubernetesClient client, Clock clock, LookThreads threads) {
    this.client = client;
    this.clock = clock;
    this.threads = threads;
  }

  /** What was done to one target, from the first patch to the last. */
  private static final class Done {
    private final ObjectPatch first;
    private final Map<Place, JsonNode> before = new LinkedHashMap<>();
    private final Map<Place, JsonNode> after = new LinkedHashMap<>();
    private final Set<Place> stamps = new LinkedHashSet<>();

    Done(ObjectPatch first) {
      this.first = first;
    }

    void and(ObjectPatch next) {
      next.edits().stream()
          .filter(edit -> edit.inverse() == Inverse.AGAIN)
          .map(Edit::place)
          .forEach(stamps::add);
      next.edits().stream()
          .filter(edit -> edit.inverse() == Inverse.BACK)
          .forEach(
              edit -> {
                before.putIfAbsent(edit.place(), edit.before());
                after.put(edit.place(), next.after(edit));
              });
    }

    /** It was not only left alone. */
    boolean changed() {
      return !before.isEmpty() || !stamps.isEmpty();
    }

    /** These have set new stamps, or a template, which replaces the pods as well. */
    void stamped(List<ObjectPatch> back) {
      back.stream()
          .filter(patch -> patch.object().equals(first.object()))
          .flatMap(patch -> patch.edits().stream())
          .forEach(edit -> stamps.removeIf(stamp -> isIn(stamp, edit.place())));
    }

    /** It is as before. */
    boolean undone(Place place, JsonNode live) {
      return PlaceValues.same(place, place.in(live), before.get(place));
    }

    /** It is as the action left it. */
    boolean untouched(Place place, JsonNode live) {
      return PlaceValues.same(place, place.in(live), after.get(place));
    }

    /** What a place gets back; a template keeps the time of its last restart. */
    JsonNode valueBack(Place place, JsonNode live) {
      var was = before.get(place);
      return PlaceValues.isTemplate(place)
              && was instanceof ObjectNode old
              && place.in(live) instanceof ObjectNode present
          ? PodTemplates.restartedLike(old, present)
          : was;
    }

    ObjectPatch back(HasMetadata object, JsonNode live, List<Place> places, Instant now) {
      var patch = PatchBuilder.of(object);
      places.forEach(place -> patch.set(place, live, valueBack(place, live), Inverse.BACK));
      stamps.stream()
          .filter(stamp -> places.stream().noneMatch(place -> isIn(stamp, place)))
          .forEach(stamp -> patch.set(stamp, live, newer(stamp.in(live), now), Inverse.AGAIN));
      return patch.build(
          (places.isEmpty() ? RESTARTED : "%s: back to what it was before the run")
              .formatted(first.object()));
    }
  }

  private static boolean isIn(Place inner, Place outer) {
    return inner.equals(outer) || inner.text().startsWith("%s/".formatted(outer.text()));
  }

  /** What reads a stamp knows no fractions of a second. */
  private static JsonNode newer(JsonNode stamp, Instant now) {
    var time = now.plusMillis(999).truncatedTo(ChronoUnit.SECONDS).toString();
    if (!stamp.isObject()) {
      return TextNode.valueOf(time);
    }
    ObjectNode metadata = stamp.deepCopy();
    metadata.withObject("/annotations").put(Annotations.RESTARTED_AT, time);
    return metadata;
  }

  /**
   * What is left to be put back. An object that was deleted and created anew meanwhile is another
   * one: it has nothing of what was before.
   *
   * @param owner on whose behalf it is looked
   * @param patches that were applied, oldest first
   * @param back those that took some of it back
   */
  CompletionStage<Step> of(String owner, List<ObjectPatch> patches, List<ObjectPatch> back) {
    var done = new LinkedHashMap<ObjectRef, Done>();
    patches.forEach(
        patch ->
            done.compute(
                    patch.object(),
                    (object, before) ->
                        before != null && before.first.uid().equals(patch.uid())
                            ? before
                            : new Done(patch))
                .and(patch));
    var changed = done.values().stream().filter(Done::changed).toList();
    changed.forEach(target -> target.stamped(back));
    return remaining(owner, changed);
  }

  /** Many are read at the same time, as there may be hundreds; the rest not when time is over. */
  private CompletionStage<Step> remaining(String owner, List<Done> done) {
    var looks = done.stream().map(target -> threads.askInTurn(owner, () -> look(target))).toList();
    var step =
        CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
            .thenApply(all -> step(done, looks.stream().map(CompletableFuture::join).toList()));
    threads.limit(step, LookThreads.LIMIT);
    step.whenComplete((it, error) -> looks.forEach(look -> look.cancel(false)));
    return step;
  }

  /**
   * What is left of one target.
   *
   * @param patch that puts it back; empty: there is nothing to put back
   * @param drifted true: somebody else changed some of it since
   */
  private record Left(ObjectRef object, Optional<ObjectPatch> patch, boolean drifted) {}

  private static Step step(List<Done> done, List<Left> all) {
    var changes = all.stream().flatMap(left -> left.patch().stream()).toList();
    var drifted = all.stream().filter(Left::drifted).map(left -> left.object().toString()).toList();
    return changes.isEmpty() ? Step.of(nothingToDo(done, drifted)) : Step.todo(changes);
  }

  private Left look(Done target) {
    var object = target.first.object();
    return object
        .read(client, target.first.uid())
        .map(live -> look(target, live))
        .orElseGet(() -> new Left(object, Optional.empty(), false));
  }

  private Left look(Done target, HasMetadata object) {
    var live = client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
    var left = target.before.keySet().stream().filter(it -> !target.undone(it, live)).toList();
    var ours = left.stream().filter(place -> target.untouched(place, live)).toList();
    var nothing = ours.isEmpty() && target.stamps.isEmpty();
    return new Left(
        target.first.object(),
        nothing ? Optional.empty() : Optional.of(target.back(object, live, ours, clock.instant())),
        ours.size() < left.size());
  }

  private static Work nothingToDo(List<Done> done, List<String> drifted) {
    return drifted.isEmpty()
        ? new Work.Observed(done.isEmpty() ? "there is nothing to put back." : asBefore(done))
        : new Work.Drifted(
            "%s: somebody else changed it since, so it was left as it is."
                .formatted(String.join(", ", drifted)));
  }

  private static String asBefore(List<Done> done) {
    var named =
        done.stream()
            .map(it -> it.first.object().toString())
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    var more = done.size() > NAMED ? " and %s more".formatted(done.size() - NAMED) : "";
    return "%s%s: as before the run.".formatted(named, more);
  }
}
