package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.runbook.LevelTraits;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.testing.PlanYaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A backup of another database is none for the one in which something is destroyed. */
class OtherBackupsTest {
  /** The users of a Secret differ, its database does not. */
  private static final Map<String, String> DATABASES =
      Map.of("orders-app", "OID 1", "orders-owner", "OID 1", "bookings", "OID 2");

  /** Says where the Secrets lead to. */
  private record Named<A>(Class<A> type, Function<A, String> secret) implements ActionExecutor<A> {
    @Override
    public CompletionStage<Step> next(A action, ActionScope scope) {
      return Step.done("There.").now();
    }

    @Override
    public CompletionStage<Optional<String>> database(A action, ActionScope scope) {
      var name = secret.apply(action);
      return name.equals("away")
          ? CompletableFuture.failedStage(
              new ProblemException(new Problem("DatabaseUnreachable", "It does not answer.")))
          : CompletableFuture.completedStage(Optional.ofNullable(DATABASES.get(name)));
    }
  }

  private static CompletionStage<Map<String, Set<String>>> others(String... secrets) {
    return others(LevelStatus.waiting("data"), secrets);
  }

  private static LevelStatus skipping(String action) {
    var skipped =
        ActionStatus.begun(action, Instant.EPOCH).withOutcome(ActionStatus.Outcome.Skipped);
    return LevelStatus.waiting("data").withActions(List.of(skipped));
  }

  private static CompletionStage<Map<String, Set<String>>> others(
      LevelStatus status, String... secrets) {
    var actions =
        new Actions(
            List.of(
                new Named<>(Sql.class, sql -> sql.databaseRef().name()),
                new Named<>(Backup.class, backup -> backup.target().databaseRef().name())));
    var plan =
        PlanYaml.spec(
            """
            gates: []
            levels:
            - name: data
              actions:
              - {name: first, backup: {target: {databaseRef: {name: %s}}}}
              - {name: second, backup: {target: {databaseRef: {name: %s}}}}
              - {name: fix, sql: {databaseRef: {name: %s}, effect: Repair, statements: x, destructive: true}}
            """
                .formatted((Object[]) secrets));
    var snapshot =
        RunSnapshotBuilder.builder()
            .now(Instant.parse("2026-11-21T14:05:00Z"))
            .plan(plan)
            .run(
                RunStatusBuilder.builder()
                    .mode(Run.Mode.Execute)
                    .phase(Phase.Acting)
                    .level(0)
                    .levels(List.of(status))
                    .build())
            .traits(
                new LevelTraits(
                    Set.of("data"),
                    Set.of(),
                    Map.of("fix", Set.of("first", "second")),
                    Set.of(),
                    Set.of(),
                    Set.of()))
            .build();
    return new OtherBackups(actions, action -> Scopes.of()).of(snapshot);
  }

  @Test
  void whatIsBackedUpAsAnotherUserIsTheSameDatabase() {
    assertThat(Scopes.now(others("orders-owner", "bookings", "orders-app")))
        .isEqualTo(Map.of("fix", Set.of("second")));
  }

  @Test
  void whatNobodyCanTellIsNoBackupOfADatabaseThatIsKnown() {
    assertThat(Scopes.now(others("nowhere", "bookings", "orders-app")))
        .isEqualTo(Map.of("fix", Set.of("first", "second")));
  }

  @Test
  void anyBackupCountsWhereNobodyCanTellWhatIsDestroyed() {
    assertThat(Scopes.now(others("orders-owner", "bookings", "nowhere")))
        .isEqualTo(Map.of("fix", Set.of()));
  }

  @Test
  void nobodyAsksTheDatabaseOfABackupThatWasLeftOut() {
    assertThat(Scopes.now(others(skipping("first"), "away", "bookings", "orders-app")))
        .isEqualTo(Map.of("fix", Set.of("second")));
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsNoOther() {
    assertThat(others("away", "bookings", "orders-app").toCompletableFuture())
        .isCompletedExceptionally();
  }
}
