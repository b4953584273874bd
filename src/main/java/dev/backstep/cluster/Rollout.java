package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Objects;

/**
 * How far a workload's pods are as its spec wants them, by the rules of kstatus: a status that is
 * about an older generation says nothing, and old pods count against it.
 *
 * @param state done, running or stuck
 * @param message how far it is, in a sentence
 */
public record Rollout(State state, String message) {
  private static final String PROGRESSING = "Progressing";

  /** Where a roll-out can be. */
  public enum State {
    /** All pods are new, ready and as many as wanted. */
    DONE,
    /** Under way. */
    RUNNING,
    /** The controller gave up: progressDeadlineSeconds is over. */
    STUCK
  }

  /** Judges a workload by its status. */
  public static Rollout of(Workload workload) {
    if (workload.object() instanceof Deployment deployment) {
      return deployment(deployment);
    }
    return workload.object() instanceof StatefulSet set
        ? statefulSet(set)
        : daemonSet((DaemonSet) workload.object());
  }

  /**
   * True once the present generation was rolled out, also when its pods are not ready any more:
   * pods that crash now and then make no new release.
   */
  public static boolean completed(Workload workload) {
    if (workload.object() instanceof Deployment deployment) {
      return completed(deployment);
    }
    return workload.object() instanceof StatefulSet set
        ? completed(set)
        : completed((DaemonSet) workload.object());
  }

  /**
   * The controller says it by a reason that stays; for a moment it also stays from the release
   * before, of which there still are pods. Without a progressDeadlineSeconds it gives no reason.
   */
  private static boolean completed(Deployment deployment) {
    var status = deployment.getStatus();
    if (status == null
        || behind(deployment.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return false;
    }
    var said =
        status.getConditions().stream()
            .filter(condition -> PROGRESSING.equals(condition.getType()))
            .allMatch(condition -> "NewReplicaSetAvailable".equals(condition.getReason()));
    return said && number(status.getReplicas()) == number(status.getUpdatedReplicas());
  }

  /** The controller makes the revisions equal when all pods are new and ready. */
  private static boolean completed(StatefulSet set) {
    var status = set.getStatus();
    return status != null
        && !behind(set.getMetadata().getGeneration(), status.getObservedGeneration())
        && Objects.equals(status.getCurrentRevision(), status.getUpdateRevision());
  }

  private static boolean completed(DaemonSet set) {
    var status = set.getStatus();
    return status != null
        && !behind(set.getMetadata().getGeneration(), status.getObservedGeneration())
        && number(status.getUpdatedNumberScheduled()) >= number(status.getDesiredNumberScheduled());
  }

  private static Rollout deployment(Deployment deployment) {
    var status = deployment.getStatus();
    if (status == null
        || behind(deployment.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return running("the change was not seen by the controller yet");
    }
    if (status.getConditions().stream().anyMatch(Rollout::deadlineExceeded)) {
      return new Rollout(
          State.STUCK,
          "Deployment %s does not get on: %d of %d new pods exist, %d are available, and its progressDeadlineSeconds is over."
              .formatted(
                  deployment.getMetadata().getName(),
                  number(status.getUpdatedReplicas()),
                  number(deployment.getSpec().getReplicas()),
                  number(status.getAvailableReplicas())));
    }
    var wanted = number(deployment.getSpec().getReplicas());
    return judged(
        wanted,
        number(status.getUpdatedReplicas()),
        number(status.getReplicas()) - number(status.getUpdatedReplicas()),
        Math.min(number(status.getAvailableReplicas()), number(status.getReadyReplicas())));
  }

  private static boolean deadlineExceeded(DeploymentCondition condition) {
    return PROGRESSING.equals(condition.getType())
        && "ProgressDeadlineExceeded".equals(condition.getReason());
  }

  private static Rollout statefulSet(StatefulSet set) {
    var status = set.getStatus();
    if (status == null
        || behind(set.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return running("the change was not seen by the controller yet");
    }
    var wanted = number(set.getSpec().getReplicas());
    var sameRevision = Objects.equals(status.getCurrentRevision(), status.getUpdateRevision());
    var updated = sameRevision ? number(status.getReplicas()) : number(status.getUpdatedReplicas());
    return judged(
        wanted,
        updated,
        number(status.getReplicas()) - updated,
        Math.min(number(status.getAvailableReplicas()), number(status.getReadyReplicas())));
  }

  private static Rollout daemonSet(DaemonSet set) {
    var status = set.getStatus();
    if (status == null
        || behind(set.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return running("the change was not seen by the controller yet");
    }
    return judged(
        number(status.getDesiredNumberScheduled()),
        number(status.getUpdatedNumberScheduled()),
        number(status.getNumberMisscheduled()),
        Math.min(number(status.getNumberAvailable()), number(status.getNumberReady())));
  }

  private static Rollout judged(int wanted, int updated, int old, int ready) {
    if (updated == wanted && old <= 0 && ready == wanted) {
      return new Rollout(State.DONE, wanted + " of " + wanted + " pods are ready");
    }
    var parts =
        List.of(updated + " of " + wanted + " pods are new", old + " old", ready + " ready");
    return running(String.join(", ", parts));
  }

  private static Rollout running(String message) {
    return new Rollout(State.RUNNING, message);
  }

  private static boolean behind(Long generation, Long observed) {
    return observed == null || observed < generation;
  }

  private static int number(Integer value) {
    return value == null ? 0 : value;
  }
}
