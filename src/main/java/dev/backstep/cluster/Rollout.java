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

  private static Rollout deployment(Deployment deployment) {
    var status = deployment.getStatus();
    if (status == null
        || behind(deployment.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return running("the change was not seen by the controller yet");
    }
    if (status.getConditions().stream().anyMatch(Rollout::deadlineExceeded)) {
      return new Rollout(
          State.STUCK,
          "Deployment "
              + deployment.getMetadata().getName()
              + " does not get on: "
              + number(status.getUpdatedReplicas())
              + " of "
              + deployment.getSpec().getReplicas()
              + " new pods exist, "
              + number(status.getAvailableReplicas())
              + " are available, and its progressDeadlineSeconds is over.");
    }
    var wanted = number(deployment.getSpec().getReplicas());
    return judged(
        wanted,
        number(status.getUpdatedReplicas()),
        number(status.getReplicas()) - number(status.getUpdatedReplicas()),
        Math.min(number(status.getAvailableReplicas()), number(status.getReadyReplicas())));
  }

  private static boolean deadlineExceeded(DeploymentCondition condition) {
    return "Progressing".equals(condition.getType())
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
