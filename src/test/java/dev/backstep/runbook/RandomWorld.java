package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Choice;
import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Close;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A cluster, gates and humans that behave as badly as the contracts of the snapshot allow; the same
 * seed always gives the same walk.
 */
final class RandomWorld {
  private static final List<Gate> GATES =
      List.of(Plans.gate("api"), Plans.gate("jobs", "5m"), Plans.gate("queue", "30s"));

  private final Random random;
  private final boolean tame;
  private RunSnapshot snapshot;
  private int mood;

  RandomWorld(long seed) {
    random = new Random(seed);
    tame = random.nextBoolean();
    snapshot = beginning();
  }

  RunSnapshot snapshot() {
    return snapshot;
  }

  private RunSnapshot beginning() {
    var levels = new ArrayList<Level>();
    for (var i = 0; i <= random.nextInt(3); i++) {
      levels.add(level("level-" + i));
    }
    var start =
        RunSnapshots.run()
            .gates(GATES.toArray(Gate[]::new))
            .levels(levels.toArray(Level[]::new))
            .soak(random.nextInt(4) == 0 ? "0s" : "5m")
            .entry(oneOf(Run.Entry.values()));
    if (random.nextInt(4) == 0) {
      start.holding(Plans.hold("INC-41", "old", RunSnapshots.START));
    }
    return random.nextInt(50) == 0
        ? start.asking(Ask.STATUS_LOST).build()
        : start.in(Phase.Pending).build();
  }

  private Level level(String name) {
    var one = name + "-a";
    var level = random.nextBoolean() ? Plans.level(name, one) : Plans.level(name, one, name + "-b");
    if (random.nextBoolean()) {
      level = Plans.gatedBy(level, oneOf("api", "jobs", "queue"));
    }
    level = Plans.onUnhealthy(level, oneOf(Level.Next.values()));
    level = Plans.onInconclusive(level, oneOf(Level.Next.values()));
    return Plans.onActionFailure(level, oneOf(Level.Next.values()));
  }

  /** Writes what was decided, and lets everything else move a little. */
  void move(Decision decision) {
    var measuringSince = snapshot.run().measuringSince();
    snapshot = Decisions.after(snapshot, decision);
    if (decision instanceof Act || decision instanceof Close) {
      snapshot = snapshot.withEffect(new Effect.InFlight());
    }
    var restarted = chance(1);
    var now = snapshot.now().plus(tick());
    var anew = restarted || !measuringSince.equals(snapshot.run().measuringSince());
    snapshot =
        snapshot
            .with()
            .now(now)
            .gates(anew ? Map.of() : measured())
            .effect(restarted ? new Effect.None() : effect())
            .build();
    if (anew) {
      snapshot = snapshot.withGates(begun(now));
    }
    snapshot =
        snapshot
            .with()
            .work(work())
            .problems(problems())
            .wish(wish())
            .deleting(snapshot.deleting() || (!tame && random.nextInt(400) == 0))
            .build();
  }

  private Duration tick() {
    return chance(3)
        ? Duration.ofMinutes(random.nextInt(20))
        : Duration.ofSeconds(random.nextInt(15));
  }

  private static Map<String, Streak> begun(Instant now) {
    var streaks = new HashMap<String, Streak>();
    GATES.forEach(gate -> streaks.put(gate.name(), Streak.startedAt(now)));
    return Map.copyOf(streaks);
  }

  private Map<String, Streak> measured() {
    if (chance(4)) {
      mood = random.nextInt(4);
    }
    var streaks = new HashMap<>(begun(snapshot.now()));
    streaks.putAll(snapshot.gates());
    GATES.forEach(gate -> streaks.computeIfPresent(gate.name(), (name, s) -> measured(gate, s)));
    return Map.copyOf(streaks);
  }

  private Streak measured(Gate gate, Streak streak) {
    var colors = Reading.Color.values();
    var color = mood == 3 || chance(10) ? oneOf(colors) : colors[mood];
    return chance(20) ? streak : streak.and(new Reading(color, "seen " + color), gate);
  }

  private Effect effect() {
    if (snapshot.run().intent() == null) {
      return new Effect.None();
    }
    if (!(snapshot.effect() instanceof Effect.InFlight) || chance(40)) {
      return snapshot.effect();
    }
    var refused = chance(30) ? 1 : 0;
    var failure = chance(8) ? new Problem("Forbidden", "May not.") : null;
    var release = snapshot.run().intent().verb() == Intent.Verb.Release;
    var off = release && refused == 0 && failure == null ? snapshot.holds() : List.<Hold>of();
    return new Effect.Report(
        1 - refused, refused, chance(3) ? 1 : 0, release ? List.of() : taken(), off, failure);
  }

  private List<Hold> taken() {
    var intent = snapshot.run().intent();
    return chance(20) ? List.of(Plans.hold("INC-42", intent.mark(), snapshot.now())) : List.of();
  }

  private Work work() {
    var run = snapshot.run();
    var due = run.phase() == Phase.Acting || run.phase() == Phase.Releasing;
    if (!due || run.intent() != null || chance(15)) {
      return null;
    }
    if (run.phase() == Phase.Releasing) {
      return chance(10) ? new Work.Impossible("No", "No.") : new Work.ToDo(1, "Give back.");
    }
    return oneOf(
        new Work.ToDo(1, "Do it."),
        new Work.ToDo(2, "Do it."),
        new Work.Rolling("Rolling."),
        new Work.Rolling("Ending.", Duration.ofSeconds(1)),
        new Work.Observed("Done."),
        new Work.Observed("Done."),
        chance(50) ? new Work.Stuck("Stuck.") : new Work.Impossible("No", "No."));
  }

  private Map<String, List<Problem>> problems() {
    return chance(8)
        ? Map.of("level-" + random.nextInt(3), List.of(new Problem("No", "Not allowed.")))
        : Map.of();
  }

  private Run wish() {
    var asked = snapshot.plan().run();
    if (chance(2)) {
      return null;
    }
    var open = snapshot.run().phase().isOpen();
    var rarely = random.nextInt(tame ? 1000 : 100) == 0;
    var state = open ? Run.State.Aborted : Run.State.Released;
    return rarely || (!open && chance(5))
        ? Plans.wishing(asked, state, "carol", null)
        : Plans.wishing(asked, Run.State.Running, null, answer());
  }

  private Run.Answer answer() {
    var question = snapshot.run().question();
    var id = question == null || chance(20) ? "q-" + random.nextInt(40) : question.id();
    return chance(30) ? new Run.Answer(id, oneOf(Choice.values()), "bob", null) : null;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  @SafeVarargs
  private <T> T oneOf(T... all) {
    return all[random.nextInt(all.length)];
  }
}
