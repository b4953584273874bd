package dev.backstep.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Change;
import dev.backstep.cluster.ChangeBuilder;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Images;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.References;
import dev.backstep.effect.Work;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Puts back what an action changed, from the images that were kept before: the first value that was
 * replaced comes back, where the last value that was set is still there. What somebody else set
 * meanwhile stays, and is named.
 */
@ApplicationScoped
public class Inverse {
  private final KubernetesClient client;
  private final Images images;

  public Inverse(KubernetesClient client, Images images) {
    this.client = client;
    this.images = images;
  }

  /** What an action did to one target, from the first effect to the last. */
  private static final class Done {
    private final Change change;
    private final Map<String, JsonNode> before = new LinkedHashMap<>();
    private final Map<String, JsonNode> after = new LinkedHashMap<>();

    Done(Change change) {
      this.change = change;
    }

    void and(Change next) {
      next.before()
          .properties()
          .forEach(
              field -> {
                before.putIfAbsent(field.getKey(), field.getValue());
                after.put(field.getKey(), valueIn(next.patch(), field.getKey()));
              });
    }

    String target() {
      return change.kind() + " " + change.name();
    }

    /** It is as before. */
    boolean undone(JsonNode live) {
      return before.entrySet().stream()
          .allMatch(
              place -> {
                var pointer = place.getKey();
                var was = place.getValue();
                return onlyRestarted(pointer)
                    ? comparable(live.at(pointer)).equals(comparable(was))
                    : same(pointer, live.at(pointer), was);
              });
    }

    /** It is as the action left it. */
    boolean untouched(JsonNode live) {
      return after.entrySet().stream()
          .allMatch(place -> same(place.getKey(), live.at(place.getKey()), place.getValue()));
    }

    /**
     * The pods were only restarted, to read what else was changed: they have to read it again once
     * that is put back, and the annotation that was there before makes them.
     */
    private boolean onlyRestarted(String pointer) {
      return pointer.equals(PodTemplates.POINTER)
          && same(pointer, before.get(pointer), after.get(pointer));
    }

    /** What a place gets back; a template keeps the time of its last restart. */
    JsonNode valueBack(String pointer, JsonNode live) {
      var was = before.get(pointer);
      return pointer.equals(PodTemplates.POINTER)
              && was instanceof ObjectNode template
              && live instanceof ObjectNode present
              && !onlyRestarted(pointer)
          ? PodTemplates.restartedLike(template, present)
          : was;
    }
  }

  /**
   * What is left to be put back.
   *
   * @param claim the run's claim
   */
  public Step of(String namespace, String claim, ActionStatus action) {
    var done = new LinkedHashMap<String, Done>();
    for (var effect = 1; effect <= action.effects(); effect++) {
      var changes = images.of(namespace, claim + "/" + action.name() + "/" + effect);
      if (changes.isEmpty()) {
        return Step.impossible("ImageLost", lost(effect));
      }
      collect(changes, action, effect, done);
    }
    return remaining(new ArrayList<>(done.values()));
  }

  /** The holds that an action took, as far as its images are still there. */
  public List<Hold> taken(String namespace, String claim, ActionStatus action) {
    return IntStream.rangeClosed(1, action.effects())
        .boxed()
        .flatMap(
            effect ->
                images.of(namespace, claim + "/" + action.name() + "/" + effect).stream()
                    .filter(change -> !untouched(change, action, effect)))
        .map(Change::hold)
        .flatMap(Stream::ofNullable)
        .toList();
  }

  private static boolean untouched(Change change, ActionStatus action, int effect) {
    return action.refused().contains(effect + "/" + change.kind() + "/" + change.name());
  }

  private static String lost(int effect) {
    return "what its effect %s replaced is not known: the ControllerRevision that kept it was deleted. Put it back by hand, then answer Skip."
        .formatted(effect);
  }

  private static void collect(
      List<Change> changes, ActionStatus action, int effect, Map<String, Done> done) {
    for (var change : changes) {
      var target = change.kind() + "/" + change.name();
      var untouched = action.refused().contains(effect + "/" + target);
      if (change.patch() != null && !untouched) {
        done.computeIfAbsent(target, key -> new Done(change)).and(change);
      }
    }
  }

  private Step remaining(List<Done> done) {
    var changes = new ArrayList<Change>();
    var drifted = new ArrayList<String>();
    for (var target : done) {
      var live = References.read(client, target.change);
      if (live == null || !target.change.uid().equals(live.getMetadata().getUid())) {
        continue;
      }
      var json = client.getKubernetesSerialization().convertValue(live, ObjectNode.class);
      if (target.undone(json)) {
        continue;
      }
      if (target.untouched(json)) {
        changes.add(back(live, json, target));
      } else {
        drifted.add(target.target());
      }
    }
    return changes.isEmpty() ? Step.of(nothingToDo(done, drifted)) : Step.todo(changes);
  }

  private static Work nothingToDo(List<Done> done, List<String> drifted) {
    return drifted.isEmpty()
        ? new Work.Observed(done.isEmpty() ? "nothing had been changed." : asBefore(done))
        : new Work.Drifted(
            "%s: somebody else changed it since, so it was left as it is."
                .formatted(String.join(", ", drifted)));
  }

  private static String asBefore(List<Done> done) {
    var named = done.stream().map(Done::target).limit(5).collect(Collectors.joining(", "));
    var more = done.size() > 5 ? " and %s more".formatted(done.size() - 5) : "";
    return "%s%s: as before the run.".formatted(named, more);
  }

  /** Two values of a place say the same; that pods were restarted makes no difference. */
  private static boolean same(String pointer, JsonNode one, JsonNode other) {
    return comparable(content(pointer, one)).equals(comparable(content(pointer, other)));
  }

  private static JsonNode content(String pointer, JsonNode value) {
    return pointer.equals(PodTemplates.POINTER) && value instanceof ObjectNode template
        ? PodTemplates.content(template)
        : value;
  }

  private static Change back(HasMetadata live, JsonNode json, Done target) {
    var change = ChangeBuilder.of(live);
    target.before.forEach(
        (pointer, value) -> {
          if (!value.isNull()) {
            change.set(pointer, json.at(pointer), target.valueBack(pointer, json.at(pointer)));
          } else if (!json.at(pointer).isMissingNode()) {
            change.remove(pointer, json.at(pointer));
          }
        });
    return change.build(target.target() + ": back to what it was before the run");
  }

  /** The value that a patch gives to a place; null where it removes it. */
  private static JsonNode valueIn(ArrayNode patch, String pointer) {
    JsonNode value = JsonNodeFactory.instance.nullNode();
    for (var operation : patch) {
      if (pointer.equals(operation.path("path").asText()) && operation.has("value")) {
        value = operation.path("value");
      }
    }
    return value;
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
