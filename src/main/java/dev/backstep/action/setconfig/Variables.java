package dev.backstep.action.setconfig;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Target;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.EnvVars;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Environment variables of a container, each replaced whole: value or reference to a Secret. */
@ApplicationScoped
public class Variables {
  private static final Place CONTAINERS = Place.at(PodTemplates.POINTER + "/spec/containers");

  private final KubernetesClient client;

  public Variables(KubernetesClient client) {
    this.client = client;
  }

  Stream<Problem> problems(Workload workload, SetConfig.Env env) {
    var container = container(workload, env);
    var own =
        container.isEmpty() ? Stream.of(absent(workload, env)) : twice(workload, container.get());
    return Stream.concat(own, workload.notRolledOut());
  }

  private static Problem absent(Workload workload, SetConfig.Env env) {
    var names =
        workload.template().getSpec().getContainers().stream()
            .map(Container::getName)
            .collect(Collectors.joining(", "));
    return new Problem(
        "ContainerAbsent",
        "%s has no container %s; it has %s. Correct env.container."
            .formatted(workload.ref(), env.container(), names));
  }

  /** Which of two variables of one name counts depends on their order, which nobody keeps. */
  private static Stream<Problem> twice(Workload workload, Container container) {
    return container.getEnv().stream()
        .map(EnvVar::getName)
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(entry -> entry.getValue() > 1)
        .map(
            entry ->
                new Problem(
                    "VariableTwice",
                    "%s has variable %s twice in container %s. Take one of them out."
                        .formatted(workload.ref(), entry.getKey(), container.getName())));
  }

  private static Optional<Container> container(Workload workload, SetConfig.Env env) {
    return workload.template().getSpec().getContainers().stream()
        .filter(it -> env.container() == null || it.getName().equals(env.container()))
        .findFirst();
  }

  /** The change; empty: every variable is as wanted, and held. */
  Optional<ObjectPatch> change(Workload workload, SetConfig.Env env, ActionScope scope) {
    var container = container(workload, env).orElseThrow();
    var other =
        env.set().stream()
            .filter(wanted -> !container.getEnv().contains(EnvVars.of(wanted)))
            .toList();
    return other.isEmpty() && scope.held(target(workload)).isPresent()
        ? Optional.empty()
        : Optional.of(change(workload, container, env, other, scope));
  }

  private static Target target(Workload workload) {
    return new Target(workload.ref().kind().name(), workload.ref().name());
  }

  /** The hold is taken even where every variable is as wanted: nobody else may change it then. */
  private ObjectPatch change(
      Workload workload,
      Container container,
      SetConfig.Env env,
      List<NamedValue> other,
      ActionScope scope) {
    var json = json(workload.object());
    var patch = PatchBuilder.of(workload.object());
    var list = CONTAINERS.element("name", container.getName()).member("env");
    other.forEach(
        wanted ->
            patch.set(
                list.element("name", wanted.name()), json, json(EnvVars.of(wanted)), Inverse.BACK));
    var nothing = other.isEmpty();
    var names =
        (nothing ? env.set() : other)
            .stream().map(NamedValue::name).collect(Collectors.joining(", "));
    var before = nothing ? "" : "%s as before".formatted(names);
    return patch
        .taking(scope.holds(target(workload), before, "%s set".formatted(names)))
        .build(
            "%s: set %s%s".formatted(workload.ref(), names, nothing ? ", as it is already" : ""));
  }

  private ObjectNode json(Object object) {
    return client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
  }
}
