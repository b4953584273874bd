package dev.backstep.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** In a world that answers the same for ever, a run ends or asks; it never goes on for ever. */
class SteadyWorldTest {
  private static final Progress APPLIED = Reports.applied(1);
  private static final Progress REFUSED = Reports.refused(1);
  private static final Set<Phase> LOOKED_AT = EnumSet.of(Phase.Acting, Phase.Soaking);
  private static final Duration A_DAY = Duration.ofDays(1);

  static Stream<Arguments> worlds() {
    var works =
        List.of(
            new Work.ToDo(1, "Do it."),
            new Work.Rolling("Rolling."),
            new Work.Rolling("Ending.", Duration.ofSeconds(1)),
            new Work.Observed("Done."),
            new Work.Stuck("Stuck."),
            new Work.Impossible("No", "No."));
    var worlds = new ArrayList<Arguments>();
    for (var work : works) {
      for (var color : Reading.Color.values()) {
        worlds.add(Arguments.of(work, APPLIED, color));
      }
    }
    worlds.add(Arguments.of(works.get(0), REFUSED, Reading.Color.RED));
    return worlds.stream();
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void aRunEndsOrAsksWithinADay(Work work, Progress progress, Reading.Color color) {
    // given
    var snapshot = RunSnapshots.run().entry(Run.Entry.Always).build();

    // when
    while (goesOn(snapshot)) {
      snapshot = next(snapshot, work, progress, color);
    }

    // then
    var phase = snapshot.run().phase();
    assertThat(phase.isOpen() && phase != Phase.AwaitingAnswer).isFalse();
  }

  private static boolean goesOn(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    var inTime = snapshot.now().isBefore(RunSnapshots.START.plus(A_DAY));
    return inTime && phase.isOpen() && phase != Phase.AwaitingAnswer;
  }

  private static RunSnapshot next(
      RunSnapshot snapshot, Work work, Progress progress, Reading.Color color) {
    var decision = Engine.decide(snapshot);
    var written = Decisions.after(snapshot, decision);
    var anew = !written.run().measuringSince().equals(snapshot.run().measuringSince());
    var until = decision instanceof Wait wait ? wait.until() : null;
    var pause = snapshot.now().plusSeconds(10);
    var now = until != null && until.isBefore(pause) ? until : pause;
    var gate = snapshot.plan().gates().get(0);
    var streak =
        anew || snapshot.gates().isEmpty()
            ? Streak.startedAt(snapshot.now())
            : snapshot
                .gates()
                .get(gate.name())
                .and(new Reading(color, "As ever."), GateLimits.of(gate), snapshot.now());
    var due = LOOKED_AT.contains(written.run().phase()) && written.run().intent() == null;
    return written
        .with()
        .now(now)
        .gates(Map.of(gate.name(), streak))
        .work(due ? work : null)
        .progress(decision instanceof Act ? progress : new Progress.None())
        .build();
  }
}
