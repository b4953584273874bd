package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;

/**
 * How far a workload's pods are as its spec wants them, by the rules of kstatus: a status that is
 * about an older generation says nothing, and old pods count against it.
 *
 * @param state done, running or stuck
 * @param message how far it is, in a sentence
 */
public record Rollout(State state, String message) {
  /** Where a roll-out can be. */
  public enum State {
    /** All pods are new, ready and as many as wanted. */
    DONE,
    /** Under way. */
    RUNNING,
    /** The controller gave up: progressDeadlineSeconds is over. */
    STUCK
  }

  /** The status is about an older generation. */
  static final Rollout UNSEEN =
      new Rollout(State.RUNNING, "the change was not seen by the controller yet");

  /** By numbers of pods: how many are wanted, new, old and ready. */
  static Rollout judged(int wanted, int updated, int old, int ready) {
    if (updated == wanted && old <= 0 && ready == wanted) {
      return new Rollout(State.DONE, "%s of %s pods are ready".formatted(wanted, wanted));
    }
    var parts =
        List.of(
            "%s of %s pods are new".formatted(updated, wanted),
            "%s old".formatted(old),
            "%s ready".formatted(ready));
    return new Rollout(State.RUNNING, String.join(", ", parts));
  }

  static boolean seen(HasMetadata object, Long observed) {
    return observed != null && observed >= object.getMetadata().getGeneration();
  }

  static int number(Integer value) {
    return value == null ? 0 : value;
  }

  /** With updateStrategy OnDelete nothing would be rolled out. */
  static Optional<Problem> onDelete(WorkloadKind kind, HasMetadata object, String strategy) {
    return "OnDelete".equals(strategy)
        ? Optional.of(
            new Problem(
                "UpdateStrategyOnDelete",
                "%s %s has updateStrategy OnDelete, a change would not be rolled out. Set it to RollingUpdate."
                    .formatted(kind, object.getMetadata().getName())))
        : Optional.empty();
  }
}
