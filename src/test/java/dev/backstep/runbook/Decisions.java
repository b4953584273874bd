package dev.backstep.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Advance;
import java.util.List;

/** Looks into decisions. */
final class Decisions {
  private Decisions() {}

  /** The state that an Advance writes. */
  static RunStatus advanced(Decision decision) {
    assertThat(decision).isInstanceOf(Advance.class);
    return ((Advance) decision).run();
  }

  /** The holds after an Advance. */
  static List<Hold> holds(Decision decision) {
    assertThat(decision).isInstanceOf(Advance.class);
    return ((Advance) decision).holds();
  }

  /** The state that an Act writes. */
  static RunStatus acted(Decision decision) {
    assertThat(decision).isInstanceOf(Act.class);
    return ((Act) decision).run();
  }

  /** What is remembered of the newest action of a level. */
  static ActionStatus lastAction(RunStatus run, int level) {
    var actions = run.levels().get(level).actions();
    return actions.get(actions.size() - 1);
  }

  /** The snapshot after the decision was written; the rest of the world did not move. */
  static RunSnapshot after(RunSnapshot snapshot, Decision decision) {
    if (decision instanceof Advance advance) {
      var next = snapshot.with().run(advance.run()).holds(advance.holds()).build();
      // What is left of the action says nothing about what goes on.
      return stopping(next)
          ? next.withWork(Works.NOTHING_GOES_ON)
          : snapshot.work() == Works.NOTHING_GOES_ON ? next.withWork(null) : next;
    }
    return decision instanceof Act act ? snapshot.withRun(act.run()) : snapshot;
  }

  private static boolean stopping(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Aborting || Stopping.isDue(snapshot);
  }

  /** The snapshot after everything was decided that can be decided without waiting. */
  static RunSnapshot settled(RunSnapshot snapshot) {
    var current = snapshot;
    for (var i = 0; i < 100; i++) {
      var decision = Engine.decide(current);
      if (!(decision instanceof Advance)) {
        return current;
      }
      current = after(current, decision);
    }
    throw new AssertionError("never comes to rest: " + current.run());
  }
}
