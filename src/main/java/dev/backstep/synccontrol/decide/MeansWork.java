package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.synccontrol.decide.Decision.Act;
import dev.backstep.synccontrol.decide.Decision.Advance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What is left to do of means that have nothing under way. */
public final class MeansWork {
  /** How often a means is switched off again that somebody else had switched on. */
  private static final int REAPPLY_LIMIT = 3;

  private MeansWork() {}

  static Optional<Decision> decide(SwitchSnapshot snapshot) {
    return Optional.ofNullable(snapshot.episode()).stream()
        .flatMap(episode -> due(episode).stream())
        .filter(means -> means.intent() == null)
        .flatMap(means -> one(means, snapshot).stream())
        .findFirst();
  }

  /**
   * The means whose turn it is: all of them on the way off; on the way back the last one first, and
   * the one before it once that is given back, or cannot be.
   */
  public static List<MeansStatus> due(Episode episode) {
    if (!episode.isEnabling()) {
      return episode.means();
    }
    var reversed = new ArrayList<>(episode.means());
    Collections.reverse(reversed);
    var due = new ArrayList<MeansStatus>();
    for (var means : reversed) {
      if (means.standing() != Standing.On) {
        due.add(means);
      }
      if (means.intent() != null || means.standing() == Standing.TurningOn) {
        break;
      }
    }
    return due;
  }

  private static Optional<Decision> one(MeansStatus means, SwitchSnapshot snapshot) {
    var step = snapshot.steps().get(means.name());
    if (step == null) {
      return Optional.empty();
    }
    if (step.work() instanceof Work.ToDo todo) {
      return snapshot.off() && todo.changedBack() > 0 && tiredOf(means)
          ? stands(means, Standing.Contested, contested(todo), snapshot)
          : Optional.of(act(means, step, todo, snapshot));
    }
    return stands(means, standing(step.work(), snapshot.off()), step.work().message(), snapshot);
  }

  private static boolean tiredOf(MeansStatus means) {
    return means.done().reapplied() >= REAPPLY_LIMIT;
  }

  private static String contested(Work.ToDo todo) {
    return "Somebody else switched it on again each of the %d times that it was switched off. Find out who (metadata.managedFields) and stop that; to have it tried again, set spec.state to Enabled and back. %s"
        .formatted(REAPPLY_LIMIT + 1, todo.message());
  }

  private static Standing standing(Work work, boolean off) {
    if (work.isSettled()) {
      return off ? Standing.Off : Standing.On;
    }
    if (work instanceof Work.Rolling) {
      return off ? Standing.TurningOff : Standing.TurningOn;
    }
    return Standing.Failed;
  }

  /** Written only where it is not what the status says already. */
  private static Optional<Decision> stands(
      MeansStatus means, Standing standing, String message, SwitchSnapshot snapshot) {
    var same = means.standing() == standing;
    if (same && message.equals(means.message())) {
      return Optional.empty();
    }
    var changed =
        means
            .with()
            .standing(standing)
            .since(same ? means.since() : snapshot.now())
            .provenAt(same || !isProven(standing) ? means.provenAt() : snapshot.now())
            .message(message)
            .build();
    return Optional.of(
        new Advance(
            snapshot.status().withEpisode(snapshot.episode().with(means.name(), it -> changed)),
            means.name(),
            reason(standing),
            message));
  }

  private static boolean isProven(Standing standing) {
    return standing == Standing.Off || standing == Standing.On;
  }

  private static String reason(Standing standing) {
    return switch (standing) {
      case Off -> Reasons.MEANS_OFF;
      case On -> Reasons.MEANS_ON;
      case Failed -> Reasons.MEANS_FAILED;
      case Contested -> Reasons.CONTESTED;
      case TurningOff -> Reasons.DISABLING;
      case TurningOn -> Reasons.ENABLING;
    };
  }

  private static Act act(MeansStatus means, Step step, Work.ToDo todo, SwitchSnapshot snapshot) {
    var verb = snapshot.off() ? Intent.Verb.Apply : Intent.Verb.Release;
    var number = Math.max(means.done().next(verb), means.done().attempt());
    var mark = Mark.first(snapshot.episode().claim(), means.name(), verb, number);
    var intent = todo.intent(mark, snapshot.status().seq() + 1, snapshot.now());
    return new Act(snapshot.status(), means.name(), intent, step);
  }
}
