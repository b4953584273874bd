package dev.backstep.valve;

import dev.backstep.api.JournalEntry;
import dev.backstep.api.ObservedStatus;
import dev.backstep.api.TolerantResource;
import dev.backstep.api.v1alpha1.status.Intent;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A kind as small as one can be, for tests only: it sets the replicas of a Deployment. */
@Group("backstep.dev")
@Version("v1alpha1")
public class Valve extends TolerantResource<Valve.Spec, Valve.Status> implements Namespaced {
  private static final long serialVersionUID = 1L;

  public Valve() {
    super(Spec.class, Status.class);
  }

  public record Spec(String deployment, Integer replicas) {}

  /** Where a valve is. */
  public enum Position {
    Claimed,
    Turning,
    Turned
  }

  /** One transition. */
  public record Turn(
      String run,
      String claim,
      Long seq,
      Instant at,
      Position phase,
      String stage,
      String action,
      String reason,
      String message)
      implements JournalEntry {}

  public record Status(
      Long observedGeneration,
      String reason,
      List<Condition> conditions,
      String claim,
      Intent intent,
      List<Turn> turns)
      implements ObservedStatus<Status> {
    static final Status NOTHING = new Status(null, null, null, null, null, null);

    public Status {
      conditions = conditions == null ? List.of() : conditions;
      turns = turns == null ? List.of() : turns;
    }

    @Override
    public Status saying(Long generation, String why, List<Condition> all) {
      return new Status(generation, why, all, claim, intent, turns);
    }

    /** After one more transition. */
    Status after(Turn turn, Intent open) {
      return new Status(
          observedGeneration,
          turn.reason(),
          conditions,
          turn.claim(),
          open,
          Stream.concat(turns.stream(), Stream.of(turn)).toList());
    }
  }

  /** What it says; nothing where nothing was written yet. */
  Status said() {
    return getStatus() == null ? Status.NOTHING : getStatus();
  }
}
