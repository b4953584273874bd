package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Puts back what patches changed, place by place: the first value that was replaced comes back,
 * where the last value that was set is still there. What somebody else set meanwhile stays, and is
 * named. It is held until everything that the action did is back: then there is nothing left.
 */
@ApplicationScoped
public class PatchReversals {
  private static final int NAMED = 5;

  private final KubernetesClient client;

  public PatchReversals(KubernetesClient client) {
    this.client = client;
  }

  /** What was done to one target, from the first patch to the last. */
  private static final class Done {
    private final ObjectPatch first;
    private final Map<Place, JsonNode> before = new LinkedHashMap<>();
    private final Map<Place, JsonNode> after = new LinkedHashMap<>();

    Done(ObjectPatch first) {
      this.first = first;
    }

    void and(ObjectPatch next) {
      next.edits().stream()
          .filter(edit -> edit.inverse() == Inverse.BACK)
          .forEach(
              edit -> {
                before.putIfAbsent(edit.place(), edit.before());
                after.put(edit.place(), next.after(edit));
              });
    }

    /** It is as before. */
    boolean undone(Place place, JsonNode live) {
      var was = before.get(place);
      return onlyRestarted(place)
          ? comparable(place.in(live)).equals(comparable(was))
          : same(place, place.in(live), was);
    }

    /** It is as the action left it. */
    boolean untouched(Place place, JsonNode live) {
      return same(place, place.in(live), after.get(place));
    }

    /**
     * The pods were only restarted, to read what else was changed: they have to read it again once
     * that is put back, and the annotation that was there before makes them.
     */
    private boolean onlyRestarted(Place place) {
      return template(place) && same(place, before.get(place), after.get(place));
    }

    /** What a place gets back; a template keeps the time of its last restart. */
    JsonNode valueBack(Place place, JsonNode live) {
      var was = before.get(place);
      return template(place)
              && was instanceof ObjectNode old
              && place.in(live) instanceof ObjectNode present
              && !onlyRestarted(place)
          ? PodTemplates.restartedLike(old, present)
          : was;
    }

    ObjectPatch back(HasMetadata object, JsonNode live, List<Place> places) {
      var patch = PatchBuilder.of(object);
      places.forEach(place -> patch.set(place, live, valueBack(place, live), Inverse.BACK));
      return patch.build("%s: back to what it was before the run".formatted(first.object()));
    }
  }

  /**
   * What is left to be put back. An object that was deleted and created anew meanwhile is another
   * one: it has nothing of what was before.
   *
   * @param patches that were applied, oldest first
   */
  Step of(List<ObjectPatch> patches) {
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
    return remaining(done.values().stream().filter(it -> !it.before.isEmpty()).toList());
  }

  private Step remaining(List<Done> done) {
    var changes = new ArrayList<ObjectPatch>();
    var drifted = new ArrayList<String>();
    for (var target : done) {
      target
          .first
          .object()
          .read(client, target.first.uid())
          .ifPresent(live -> look(target, live, changes, drifted));
    }
    return changes.isEmpty() ? Step.of(nothingToDo(done, drifted)) : Step.todo(changes);
  }

  private void look(
      Done target, HasMetadata object, List<ObjectPatch> changes, List<String> drifted) {
    var live = client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
    var left = target.before.keySet().stream().filter(it -> !target.undone(it, live)).toList();
    var ours = left.stream().filter(place -> target.untouched(place, live)).toList();
    if (!ours.isEmpty()) {
      changes.add(target.back(object, live, ours));
    }
    if (ours.size() < left.size()) {
      drifted.add(target.first.object().toString());
    }
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

  private static boolean template(Place place) {
    return place.text().equals(PodTemplates.POINTER);
  }

  /** Two values of a place say the same; that pods were restarted makes no difference. */
  private static boolean same(Place place, JsonNode one, JsonNode other) {
    return comparable(content(place, one)).equals(comparable(content(place, other)));
  }

  private static JsonNode content(Place place, JsonNode value) {
    return template(place) && value instanceof ObjectNode object
        ? PodTemplates.content(object)
        : value;
  }

  /** The API server leaves out what is null or empty, and knows one kind of number. */
  private static String comparable(JsonNode value) {
    var cleaned = cleaned(value);
    return cleaned.isMissingNode() ? "" : Hashes.of(cleaned);
  }

  private static JsonNode cleaned(JsonNode value) {
    if (value.isObject()) {
      var object = JsonNodeFactory.instance.objectNode();
      value
          .properties()
          .forEach(
              field -> {
                var inner = cleaned(field.getValue());
                if (!inner.isMissingNode()) {
                  object.set(field.getKey(), inner);
                }
              });
      return object.isEmpty() ? MissingNode.getInstance() : object;
    }
    if (value.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> array.add(cleaned(element)));
      return array.isEmpty() ? MissingNode.getInstance() : array;
    }
    return value.isNull() ? MissingNode.getInstance() : value;
  }
}
