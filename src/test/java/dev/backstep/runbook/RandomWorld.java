package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.measure.Limits;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Preview;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster, gates and humans that behave as badly as the contracts of the snapshot allow; the same
 * seed always gives the same walk.
 */
final class RandomWorld {
  private static final Set<Phase> ENDING = EnumSet.of(Phase.Releasing, Phase.Undoing);

  /** Who goes on with a run may be another version than who began it. */
  private static final int OTHER_VERSION = 1;

  private static final Run.State[] STEERED = {
    Run.State.Paused, Run.State.Paused, Run.State.Aborted, Run.State.Undone, Run.State.Released
  };

  /** The same in every step of every walk. */
  private static final Map<String, Limits> LIMITS =
      RandomPlan.GATES.stream().collect(Collectors.toMap(Gate::name, GateLimits::of));

  private final Random random;
  private final boolean tame;
  private final boolean fought;
  private RunSnapshot snapshot;
  private int mood;
  private Run.State state = Run.State.Running;
  private int version;
  private int agreed;
  private int approver;

  RandomWorld(long seed) {
    random = new Random(seed);
    tame = random.nextBoolean();
    fought = chance(8);
    snapshot = new RandomPlan(random).beginning();
    snapshot = snapshot.withHashes(hashes());
    mood = random.nextInt(4);
  }

  RunSnapshot snapshot() {
    return snapshot;
  }

  /** Writes what was decided, and lets everything else move a little. */
  void move(Decision decision) {
    var before = snapshot.run();
    snapshot = Decisions.after(snapshot, decision);
    if (decision instanceof Act || decision instanceof Close) {
      snapshot = snapshot.withProgress(new Progress.InFlight());
    }
    var restarted = chance(1);
    if (restarted && ENDING.contains(snapshot.run().phase()) && chance(30)) {
      snapshot = snapshot.withRun(snapshot.run().withRecords(OTHER_VERSION));
    }
    var now = snapshot.now().plus(tick());
    snapshot =
        snapshot
            .with()
            .now(now)
            .progress(restarted ? new Progress.None() : progress())
            .gates(gates(before, restarted, now))
            .preview(preview(decision, restarted))
            .build();
    snapshot = snapshot.withWork(work());
    snapshot = snapshot.withHashes(hashes());
    snapshot =
        snapshot
            .with()
            .problems(problems())
            .stops(stops())
            .consent(consent())
            .unprepared(unprepared())
            .journalDownSince(chance(20) ? now.minusSeconds(random.nextInt(300)) : null)
            .wish(wish())
            .deleting(snapshot.deleting() || !tame && random.nextInt(300) == 0)
            .build();
  }

  private Duration tick() {
    return chance(3)
        ? Duration.ofMinutes(random.nextInt(20))
        : Duration.ofSeconds(random.nextInt(15));
  }

  // What the gates see.

  private Map<String, Streak> gates(RunStatus before, boolean restarted, Instant now) {
    if (chance(4)) {
      mood = random.nextInt(4);
    }
    var run = snapshot.run();
    var anew = restarted || !Objects.equals(before.measuringSince(), run.measuringSince());
    var askedAnew = restarted || !Objects.equals(before.askedAt(), run.askedAt());
    var streaks = new HashMap<String, Streak>();
    for (var gate : RandomPlan.GATES) {
      var known = snapshot.gates().get(gate.name());
      var fresh = known == null || (gate.once() ? askedAnew : anew);
      streaks.put(gate.name(), fresh ? Streak.startedAt(now) : measured(gate, known, now));
    }
    return Map.copyOf(streaks);
  }

  private Streak measured(Gate gate, Streak streak, Instant now) {
    var asked = gate.name().equals(snapshot.run().asking());
    if (chance(20) || gate.once() && (!asked || streak.measured() || chance(50))) {
      return streak;
    }
    var color = mood == 3 || chance(10) ? random.nextInt(3) : mood;
    var reading = new Reading(Reading.Color.values()[color], "seen " + color);
    return streak.and(reading, LIMITS.get(gate.name()), now);
  }

  // What becomes of effects, and what is left to do.

  private Progress progress() {
    var intent = snapshot.run().intent();
    if (intent == null) {
      return new Progress.None();
    }
    if (!(snapshot.progress() instanceof Progress.InFlight) || chance(40)) {
      return snapshot.progress();
    }
    if (chance(4)) {
      return Reports.lost("The connection broke.");
    }
    var refused = chance(20) ? 1 : 0;
    if (chance(8)) {
      return Reports.failed(new Problem("Forbidden", "May not."));
    }
    if (chance(3)) {
      return Reports.notSent("Nobody answered.");
    }
    var apply = intent.verb() == Intent.Verb.Apply;
    return Reports.of(
        1 - refused,
        refused,
        apply && refused == 0 ? taken(intent.action()) : List.of(),
        !apply && refused == 0 ? off(intent.verb()) : List.of());
  }

  private List<Hold> taken(String action) {
    return snapshot.traits().holds().contains(action)
        ? List.of(
            new Hold(
                "INC-42",
                snapshot.run().claim(),
                action,
                "scale",
                "Deployment",
                action,
                "3",
                "0",
                RunSnapshots.START))
        : List.of();
  }

  private List<Hold> off(Intent.Verb verb) {
    if (verb == Intent.Verb.Release) {
      return snapshot.run().phase() == Phase.Acting ? Holds.putBackNow(snapshot) : snapshot.holds();
    }
    if (verb == Intent.Verb.Stop) {
      return List.of();
    }
    var undone = Undoing.current(snapshot).name();
    return snapshot.holds().stream().filter(hold -> hold.action().equals(undone)).toList();
  }

  private Work work() {
    if (snapshot.run().intent() != null || chance(15)) {
      return null;
    }
    return switch (snapshot.run().phase()) {
      case Acting ->
          snapshot.allActed()
              ? back(!Holds.putBackNow(snapshot).isEmpty())
              : Stopping.isDue(snapshot) ? goingOn() : acting();
      case Aborting -> goingOn();
      case Soaking ->
          acted() && chance(4)
              ? new Work.Overwritten(overwritten(), "Deployment web: back again.")
              : new Work.Observed("There is nothing to do.");
      case Releasing -> back(!snapshot.holds().isEmpty());
      case Undoing ->
          Undoing.current(snapshot) == null ? new Work.Observed("All is there.") : undo();
      default -> null;
    };
  }

  private Optional<Work.Doubt> doubt() {
    return chance(20)
        ? Optional.of(new Work.Doubt("It may be wrong.", chance(50)))
        : Optional.empty();
  }

  private Work acting() {
    if (fought && chance(80)) {
      return new Work.ToDo(1, "Do it.", 1);
    }
    return oneOf(
        new Work.ToDo(1, "Do it."),
        new Work.ToDo(2, "Do it.", chance(50) ? 1 : 0),
        new Work.ToDo(1, "Do it.", 0, doubt()),
        new Work.Rolling("Rolling."),
        new Work.Rolling("Ending.", Duration.ofSeconds(1)),
        new Work.Observed("Done."),
        new Work.Observed("Done."),
        new Work.Observed("Done."),
        oneOf(
            new Work.Stuck("Stuck."),
            new Work.Impossible("No", "No."),
            new Work.Owned("Deployment web belongs to run INC-7."),
            new Work.Unknown("Nobody knows."),
            new Work.Held("Deployment web is kept at 0 replicas."),
            new Work.ToDo(1, "Do it."),
            new Work.Observed("Done.")));
  }

  private Work goingOn() {
    return oneOf(
        Works.NOTHING_GOES_ON,
        Works.NOTHING_GOES_ON,
        new Work.ToDo(1, "Stop it."),
        oneOf(
            new Work.Rolling("Ending.", Duration.ofSeconds(1)), new Work.Impossible("No", "No.")));
  }

  /** The first one, or all that were done. */
  private List<String> overwritten() {
    var done =
        snapshot.levelStatus().actions().stream()
            .filter(action -> action.outcome() == ActionStatus.Outcome.Succeeded)
            .map(ActionStatus::name)
            .toList();
    return chance(50) ? done : done.subList(0, 1);
  }

  private boolean acted() {
    var actions = snapshot.levelStatus().actions();
    return actions != null
        && actions.stream()
            .anyMatch(a -> a.outcome() == ActionStatus.Outcome.Succeeded && !a.applied().isEmpty());
  }

  private Work back(boolean held) {
    return held
        ? chance(10) ? new Work.Impossible("No", "No.") : new Work.ToDo(1, "Give back.", 0, doubt())
        : new Work.Observed("All is there.");
  }

  private static final Work REPLACING =
      new Work.ToDo(
          1,
          "Swap back.",
          0,
          Optional.empty(),
          Optional.of(new Work.Replacing("It replaces data.", List.of("orders 1"))));

  private Work undo() {
    return oneOf(
        new Work.ToDo(1, "Put back."),
        REPLACING,
        new Work.Observed("as before the run."),
        new Work.Drifted("somebody else changed it since."),
        chance(50) ? new Work.Impossible("No", "its image is lost.") : new Work.ToDo(1, "Again."));
  }

  private Map<String, List<String>> preview(Decision decision, boolean restarted) {
    if (restarted) {
      return null;
    }
    return decision instanceof Preview && chance(60)
        ? Map.of("level-0-a", List.of("replicas: 3 -> 0"))
        : snapshot.preview();
  }

  // What keeps a level from acting, and who agrees to it.

  private Map<String, List<Problem>> problems() {
    var found = new HashMap<String, List<Problem>>();
    for (var level = 0; level < 3; level++) {
      if (!chance(3)) {
        found.put(
            "level-" + level, chance(2) ? List.of(new Problem("No", "Not allowed.")) : List.of());
      }
    }
    return found;
  }

  private List<Stop> stops() {
    return snapshot.entering()
        ? Stop.relevant(snapshot).stream()
            .map(stop -> new Stop(stop.name(), oneOf(Verdict.values()), stop.message()))
            .toList()
        : List.of();
  }

  private Map<String, String> hashes() {
    if (chance(3)) {
      version++;
      agreed = 0;
      approver++;
    }
    if (snapshot.run().phase() == Phase.Pending) {
      return snapshot.run().levels().stream()
          .collect(Collectors.toMap(LevelStatus::name, level -> version + "/0"));
    }
    var level = snapshot.level();
    var approval = snapshot.run().approval();
    if (UndoApproval.replacing(snapshot).isPresent()) {
      var round = approval == null || approval.undo() == null ? 0 : approval.round();
      return Map.of(snapshot.undoing().name(), version + "/undo/" + round);
    }
    var acts = snapshot.run().phase() == Phase.Acting && snapshot.work() instanceof Work.ToDo;
    var due = snapshot.entering() || acts || snapshot.run().phase() == Phase.AwaitingApproval;
    return level == null || !due || !snapshot.wantsApproval(level)
        ? Map.of()
        : Map.of(level.name(), version + "/" + (approval == null ? 0 : approval.round()));
  }

  /** What was made ready may be gone again, at any time. */
  private String unprepared() {
    var acting = snapshot.run().phase() == Phase.Acting && !snapshot.allActed();
    if (!acting || !snapshot.wantsApproval(snapshot.level()) || !chance(10)) {
      return null;
    }
    var ended =
        snapshot.levelStatus().actions().stream()
            .filter(action -> action.outcome() != null)
            .map(ActionStatus::name)
            .toList();
    var concerned =
        (snapshot.entering() ? snapshot.level().actions() : List.of(snapshot.action()))
            .stream().map(Action::name).filter(name -> !ended.contains(name)).toList();
    return concerned.isEmpty() ? null : concerned.get(random.nextInt(concerned.size()));
  }

  private Consent consent() {
    var level = snapshot.level();
    var wanted = level != null && snapshot.wantsApproval(level);
    if (!wanted && UndoApproval.action(snapshot).isEmpty() || chance(10)) {
      return null;
    }
    if (chance(5)) {
      agreed = 0;
      approver++;
    }
    agreed += chance(15) ? 1 : 0;
    var used = snapshot.run().approvals().stream().map(UsedApproval::uid).toList();
    var approval = snapshot.run().approval();
    var goesOn = approval == null ? List.<ApprovalStatus.Given>of() : approval.given();
    var given =
        IntStream.range(0, agreed)
            .mapToObj(i -> new ApprovalStatus.Given(approver + "/" + i, "user-" + i))
            .filter(one -> !used.contains(one.uid()) || goesOn.contains(one))
            .toList();
    return new Consent(
        snapshot.automatic() ? 2 : 1,
        given,
        chance(3) ? "bob said no" : null,
        List.of(),
        chance(2) ? "The policy is gone." : null);
  }

  // What humans want.

  private Run wish() {
    steer();
    var asked = snapshot.plan().run();
    if (chance(2)) {
      return null;
    }
    var by = state == Run.State.Running ? null : "carol";
    return Plans.wishing(asked, state, by, answer());
  }

  private void steer() {
    var open = snapshot.run().phase().isOpen();
    if (!open) {
      state = chance(6) ? oneOf(Run.State.Released, Run.State.Undone, Run.State.Running) : state;
    } else if (state != Run.State.Running) {
      state = chance(12) ? Run.State.Running : state;
    } else if (random.nextInt(tame ? 1000 : 60) == 0) {
      state = oneOf(STEERED);
    }
  }

  private Run.Answer answer() {
    var question = snapshot.run().question();
    if (question == null || chance(70)) {
      return chance(5) ? new Run.Answer("q-3", oneOf(Choice.values()), "bob", null) : null;
    }
    var fitting = question.choices().toArray(Choice[]::new);
    var choice = chance(80) ? oneOf(fitting) : oneOf(Choice.values());
    var comment = chance(50) ? "I looked." : null;
    return new Run.Answer(chance(10) ? "q-3" : question.id(), choice, "bob", comment);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  @SafeVarargs
  private <T> T oneOf(T... all) {
    return all[random.nextInt(all.length)];
  }
}
