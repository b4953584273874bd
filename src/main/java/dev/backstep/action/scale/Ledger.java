package dev.backstep.action.scale;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Change;
import dev.backstep.cluster.ChangeBuilder;
import dev.backstep.cluster.Workload;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Optional;

/**
 * Who keeps a workload scaled, written on the workload itself: the first holder writes the number
 * of replicas down, the last one puts it back. So several holders never take each other's zero for
 * the number to come back to.
 */
final class Ledger {
  private static final String REPLICAS = "/spec/replicas";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Ledger() {}

  /** The change that scales the workload and enters this run; empty: nothing is left to do. */
  static Optional<Change> hold(Workload workload, int wanted, ActionScope scope) {
    var annotations = Annotations.of(workload.object());
    var entry = entry(scope.claim());
    var ours = annotations.containsKey(entry);
    var held = annotations.containsKey(Annotations.HELD_REPLICAS);
    var current = workload.replicas();
    // On the target but not in the status: the process died in between, so it is entered again.
    var recorded = !ours || recorded(workload, scope);
    if (current == wanted && (ours || !held) && recorded) {
      return Optional.empty();
    }
    var original = held ? annotations.get(Annotations.HELD_REPLICAS) : String.valueOf(current);
    var change = ChangeBuilder.of(workload.object());
    if (current != wanted) {
      change.set(REPLICAS, JSON.numberNode(current), JSON.numberNode(wanted));
    }
    if (!held) {
      change.annotate(Annotations.HELD_REPLICAS, original);
    }
    if (!ours || !recorded) {
      change
          .annotate(entry, scope.run() + "/" + scope.action())
          .holding(hold(workload, original, wanted, scope));
    }
    return Optional.of(
        change.build(workload.ref() + ": " + current + " -> " + wanted + " replicas"));
  }

  private static boolean recorded(Workload workload, ActionScope scope) {
    return scope.holds().stream()
        .anyMatch(
            hold ->
                hold.claim().equals(scope.claim())
                    && hold.kind() == workload.ref().kind()
                    && hold.name().equals(workload.ref().name()));
  }

  private static Hold hold(Workload workload, String original, int wanted, ActionScope scope) {
    return new Hold(
        scope.run(),
        scope.claim(),
        scope.action(),
        scope.type(),
        workload.ref().kind(),
        workload.ref().name(),
        original,
        String.valueOf(wanted),
        scope.since());
  }

  /** The change that takes a holder out, and puts the replicas back if it was the last one. */
  static Change release(Workload workload, Hold hold) {
    var annotations = Annotations.of(workload.object());
    var entry = entry(hold.claim());
    var change = ChangeBuilder.of(workload.object()).releasing(hold);
    if (annotations.containsKey(entry)) {
      change.unannotate(entry);
    }
    var others =
        annotations.keySet().stream()
            .anyMatch(key -> key.startsWith(Annotations.HELD_BY) && !key.equals(entry));
    if (others) {
      return change.build(workload.ref() + ": somebody else holds it too; it stays scaled");
    }
    if (annotations.containsKey(Annotations.HELD_REPLICAS)) {
      change.unannotate(Annotations.HELD_REPLICAS);
    }
    var current = workload.replicas();
    var drifted = !annotations.containsKey(entry) || !String.valueOf(current).equals(hold.held());
    if (drifted) {
      return change.build(
          workload.ref()
              + ": somebody else set "
              + current
              + " replicas meanwhile; it is left so (it had "
              + hold.original()
              + ")");
    }
    return change
        .set(REPLICAS, JSON.numberNode(current), JSON.numberNode(Integer.parseInt(hold.original())))
        .build(workload.ref() + ": " + current + " -> " + hold.original() + " replicas");
  }

  /** A target that does not exist any more needs no release: the attempt says so. */
  static Change gone(Hold hold, String namespace) {
    var object = new GenericKubernetesResource();
    object.setApiVersion("apps/v1");
    object.setKind(hold.kind().name());
    object.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(hold.name())
            .withUid("gone")
            .withResourceVersion("0")
            .build());
    return ChangeBuilder.of(object)
        .releasing(hold)
        .build(hold.kind() + " " + hold.name() + ": does not exist any more");
  }

  private static String entry(String claim) {
    return Annotations.HELD_BY + claim;
  }
}
