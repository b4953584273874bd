package dev.backstep.action.setconfig;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Keys of a ConfigMap: first the values, then those who read it are restarted. */
@ApplicationScoped
public class ConfigMapKeys {
  private static final Place DATA = Place.at("/data");
  private static final int NAMED = 5;
  private static final int LONGEST = 40;

  private final KubernetesClient client;
  private final ConfigMaps configMaps;
  private final WorkloadTargets targets;
  private final Readers readers;

  public ConfigMapKeys(
      KubernetesClient client, ConfigMaps configMaps, WorkloadTargets targets, Readers readers) {
    this.client = client;
    this.configMaps = configMaps;
    this.targets = targets;
    this.readers = readers;
  }

  List<Right> rights(SetConfig action, ActionScope scope) {
    var rights = new ArrayList<Right>();
    rights.add(new Right("patch", "", "configmaps", List.of(action.configMap().name())));
    rights.addAll(targets.patchRights(readers.of(action, scope)));
    return rights;
  }

  List<Problem> problems(SetConfig.Data wanted, ActionScope scope) {
    return problem(wanted, find(wanted, scope).orElse(null), scope).map(List::of).orElse(List.of());
  }

  private static Optional<Problem> problem(
      SetConfig.Data wanted, ConfigMap live, ActionScope scope) {
    if (live == null) {
      return Optional.of(
          new Problem(
              "ConfigMapAbsent",
              "ConfigMap %s does not exist in namespace %s. Create it, or correct action %s."
                  .formatted(wanted.name(), scope.namespace(), scope.action())));
    }
    return Boolean.TRUE.equals(live.getImmutable())
        ? Optional.of(
            new Problem(
                "ConfigMapImmutable",
                "ConfigMap %s is immutable, so its keys cannot be set. Let its users read another one, or correct action %s."
                    .formatted(wanted.name(), scope.action())))
        : Optional.empty();
  }

  private Optional<ConfigMap> find(SetConfig.Data wanted, ActionScope scope) {
    return configMaps.find(scope.namespace(), wanted.name());
  }

  /** What is left to do. While those who read it are restarted, it is not asked for. */
  Step left(SetConfig action, ActionScope scope) {
    return readers.beingRestarted(action, scope).orElseGet(() -> looked(action, scope));
  }

  private Step looked(SetConfig action, ActionScope scope) {
    var wanted = action.configMap();
    var live = find(wanted, scope).orElse(null);
    var problem = problem(wanted, live, scope);
    if (problem.isPresent()) {
      return Step.impossible(problem.get().reason(), problem.get().message());
    }
    var other = other(wanted, live);
    var held = scope.held(target(wanted));
    return other.isEmpty() && held.isPresent()
        ? readers.afterSetting(action, live, held.get(), scope)
        : Step.todo(List.of(change(wanted, live, other, scope)));
  }

  private static Target target(SetConfig.Data wanted) {
    return new Target("ConfigMap", wanted.name());
  }

  /** The keys that are not as wanted. */
  private static Map<String, String> other(SetConfig.Data wanted, ConfigMap live) {
    var data = data(live);
    return wanted.data().entrySet().stream()
        .filter(entry -> !entry.getValue().equals(data.get(entry.getKey())))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Map<String, String> data(ConfigMap live) {
    return live.getData() == null ? Map.of() : live.getData();
  }

  /** The hold is taken even where every value is as wanted: nobody else may change it then. */
  private ObjectPatch change(
      SetConfig.Data wanted, ConfigMap live, Map<String, String> other, ActionScope scope) {
    var json = client.getKubernetesSerialization().convertValue(live, ObjectNode.class);
    var patch = PatchBuilder.of(live);
    other.forEach(
        (key, value) -> patch.set(DATA.member(key), json, TextNode.valueOf(value), Inverse.BACK));
    var target = target(wanted);
    var set = shown(wanted.data(), other.isEmpty() ? wanted.data() : other);
    return patch
        .taking(scope.holds(target, other.isEmpty() ? "" : shown(data(live), other), set))
        .build("%s: %s%s".formatted(target, set, other.isEmpty() ? ", as it is already" : ""));
  }

  /** For people, and short: values may be whole files. */
  private static String shown(Map<String, String> values, Map<String, String> keys) {
    var more = keys.size() > NAMED ? ", and %d more".formatted(keys.size() - NAMED) : "";
    return keys.keySet().stream()
        .sorted()
        .limit(NAMED)
        .map(
            key ->
                values.containsKey(key)
                    ? key + "=" + brief(values.get(key))
                    : "no %s".formatted(key))
        .collect(Collectors.joining(", ", "", more));
  }

  private static String brief(String value) {
    var line = value.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }

  /** What is left of putting the values back: then those who read them are restarted again. */
  CompletionStage<Step> back(SetConfig action, Taken taken, ActionScope scope) {
    var values = taken.only(Readers::ofConfigMap);
    return values
        .reversed()
        .thenApply(
            step ->
                values.past().applied().isEmpty() ? step : readAgain(action, values, scope, step));
  }

  private static boolean changed(Taken values) {
    return values.past().applied().stream()
        .map(Sent::effect)
        .anyMatch(effect -> effect instanceof ObjectPatch patch && !patch.edits().isEmpty());
  }

  private Step readAgain(SetConfig action, Taken values, ActionScope scope, Step back) {
    return find(action.configMap(), scope)
        .filter(live -> back.work().isSettled() && changed(values))
        .map(live -> readers.afterPuttingBack(action, values, scope))
        .filter(read -> !(read.work() instanceof Work.Observed))
        .orElse(back);
  }
}
