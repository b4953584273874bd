package dev.backstep.rollbackplan.start;

import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.ladder.Trigger;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.TriggerStatus;
import dev.backstep.measure.Verdict;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs that begin without a human: gates that stay red, and the calendar. */
public final class Triggers {
  /** A time that was missed for longer, because no operator ran, is left out. */
  private static final Duration LATE = Duration.ofHours(1);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'").withZone(ZoneOffset.UTC);

  private Triggers() {}

  /** The run that a trigger wants now; empty: none. */
  static Optional<Run> due(PlanView view) {
    var run = view.status().run();
    var blocked =
        view.runOpen()
            || run != null && run.phase() == Phase.Mitigated
            || !view.status().holds().isEmpty()
            || view.suspended()
            || !view.invalid().isEmpty();
    return blocked
        ? Optional.empty()
        : triggers(view)
            .filter(trigger -> !view.now().isBefore(at(trigger, view)))
            .findFirst()
            .map(trigger -> run(trigger, view));
  }

  /** When a trigger may want a run next; null: not as things are now. */
  public static Instant next(PlanView view) {
    return triggers(view)
        .map(trigger -> at(trigger, view))
        .filter(at -> at.isBefore(Instant.MAX) && at.isAfter(view.now()))
        .min(Instant::compareTo)
        .orElse(null);
  }

  private static Stream<Trigger> triggers(PlanView view) {
    return view.invalid().isEmpty() ? view.plan().getSpec().triggers().stream() : Stream.empty();
  }

  private static Instant at(Trigger trigger, PlanView view) {
    var at = trigger.schedule() == null ? failed(trigger, view) : scheduled(trigger, view);
    var rested = rested(trigger, view);
    return at.isBefore(rested) ? rested : at;
  }

  /** When the cooldown after the last run is over. */
  private static Instant rested(Trigger trigger, PlanView view) {
    var ended = view.status().run() == null ? null : view.status().run().endedAt();
    return ended == null ? Instant.MIN : ended.plus(Durations.of(trigger.cooldown()));
  }

  /** All its gates have to be red for long enough, counted from the last one that turned red. */
  private static Instant failed(Trigger trigger, PlanView view) {
    var streaks = trigger.gates().stream().map(view.gates()::get).toList();
    var red =
        streaks.stream()
            .allMatch(streak -> streak != null && streak.verdict() == Verdict.UNHEALTHY);
    return red
        ? streaks.stream()
            .map(streak -> streak.verdictSince())
            .max(Instant::compareTo)
            .map(since -> since.plus(Durations.of(trigger.failingFor())))
            .orElse(Instant.MAX)
        : Instant.MAX;
  }

  private static Instant scheduled(Trigger trigger, PlanView view) {
    return known(trigger, view)
        .map(TriggerStatus::next)
        .filter(Objects::nonNull)
        .orElse(Instant.MAX);
  }

  private static Optional<TriggerStatus> known(Trigger trigger, PlanView view) {
    return view.status().triggers().stream()
        .filter(status -> status.name().equals(trigger.name()))
        .findFirst();
  }

  private static Run run(Trigger trigger, PlanView view) {
    var why =
        trigger.schedule() == null
            ? "Gates %s were red for %s."
                .formatted(String.join(", ", trigger.gates()), trigger.failingFor())
            : "Due by its schedule %s.".formatted(trigger.schedule());
    return RunBuilder.builder()
        .id(trigger.name() + "-" + TIME.format(view.now()))
        .reason("Started by trigger %s. %s".formatted(trigger.name(), why))
        .requestedBy(RunSnapshot.AUTOMATIC + trigger.name())
        .symptom(trigger.symptom())
        .levels(trigger.levels())
        .mode(trigger.mode())
        .entry(Run.Entry.IfUnhealthy)
        .state(Run.State.Running)
        .build();
  }

  /** The triggers' state after a look: when each schedule is due next. */
  public static List<TriggerStatus> track(PlanView view) {
    return triggers(view).map(trigger -> tracked(trigger, view)).filter(Objects::nonNull).toList();
  }

  private static TriggerStatus tracked(Trigger trigger, PlanView view) {
    var before = known(trigger, view).orElse(new TriggerStatus(trigger.name(), null, null));
    if (trigger.schedule() == null) {
      return before.startedAt() == null ? null : before;
    }
    var stale = before.next() == null || before.next().plus(LATE).isBefore(view.now());
    if (stale) {
      return next(before, Schedule.next(trigger.schedule(), view.now()).orElse(null));
    }
    var rested = rested(trigger, view);
    return before.next().isBefore(rested) ? next(before, rested) : before;
  }

  private static TriggerStatus next(TriggerStatus before, Instant next) {
    return new TriggerStatus(before.name(), before.startedAt(), next);
  }

  /** The triggers' state once this run has begun. */
  public static List<TriggerStatus> started(PlanView view, Run run) {
    return Stream.concat(
            view.status().triggers().stream().filter(known -> !owns(known.name(), run)),
            triggers(view)
                .filter(trigger -> owns(trigger.name(), run))
                .map(
                    trigger ->
                        new TriggerStatus(
                            trigger.name(),
                            view.now(),
                            trigger.schedule() == null
                                ? null
                                : Schedule.next(trigger.schedule(), view.now()).orElse(null))))
        .toList();
  }

  private static boolean owns(String trigger, Run run) {
    return run.requestedBy().equals(RunSnapshot.AUTOMATIC + trigger);
  }
}
