package dev.backstep.action.clearqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.SyncControls;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.action.ClearQueue;
import dev.backstep.api.v1alpha1.sync.ClearTable;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.ClearTables;
import dev.backstep.database.Identity;
import dev.backstep.database.TableClearing;
import dev.backstep.effect.Author;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClearQueueExecutorTest {
  private static final ClearQueue ACTION = new ClearQueue(new Ref("orders"), 500);
  private static final Problem PROBLEM = new Problem("TableMissing", "There is no table jobs.");

  private final LoopbackApi api = new LoopbackApi();
  private final Tables tables = new Tables();
  private final ActionScope scope = Scopes.of();
  private final ClearQueueExecutor executor =
      new ClearQueueExecutor(
          new SyncControls(api.client()),
          new JobSteps(api.client()),
          List.of(new TableClear(tables)));

  /** A database that says what it is told to. */
  private static final class Tables extends ClearTables {
    private Found found = new Found(Optional.of(effect()), List.of(), true);

    Tables() {
      super(null);
    }

    @Override
    public CompletionStage<Found> look(
        ClearTable queue, Integer maxItems, Instant now, Duration timeout, Author author) {
      assertThat(queue.table()).isEqualTo("worker_jobs");
      assertThat(queue.method()).isEqualTo(ClearTable.Method.Copy);
      assertThat(maxItems).isEqualTo(500);
      return CompletableFuture.completedStage(found);
    }
  }

  private static TableClearing effect() {
    return new TableClearing(
        "db",
        new Identity("1", 2),
        "public.worker_jobs",
        3,
        "backstep.worker_jobs_bs_1",
        ClearTable.Method.Copy,
        500,
        Scopes.SINCE,
        null,
        Duration.ofSeconds(2),
        Duration.ofMinutes(1),
        null,
        "rows into a backup");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void hasControl(String more) {
    var yaml =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: SyncControl
        metadata: {name: orders, namespace: shop}
        spec:
          serviceAccountName: sync
          means: []
        """
            + more;
    api.has(new KubernetesSerialization().unmarshal(yaml, SyncControl.class));
  }

  private void hasQueue() {
    hasControl(
        "  queue: {clear: {table: {databaseRef: {name: db}, table: worker_jobs, method: Copy}}}");
  }

  private Work work() {
    return Scopes.now(executor.next(ACTION, scope)).work();
  }

  @Test
  void emptiesWhatTheSyncControlSays() {
    hasQueue();

    assertThat(Scopes.now(executor.next(ACTION, scope)).effects())
        .singleElement()
        .isEqualTo(effect());
    assertThat(Scopes.now(executor.pins(ACTION, scope)))
        .containsExactly("table worker_jobs of database db, by Copy");
    assertThat(executor.rights(ACTION, scope))
        .containsExactly(new Right("get", "", "secrets", List.of("db")));
    assertThat(Scopes.now(executor.preflight(ACTION, scope))).isEmpty();
  }

  @Test
  void isDestructiveAndNotSeen() {
    assertThat(executor.traits(ACTION)).isEqualTo(Traits.DESTROYS_WHAT_IT_KEPT);
  }

  @Test
  void aDatabaseThatIsDownIsWaitedFor() {
    hasQueue();
    tables.found = new ClearTables.Found(Optional.empty(), List.of(PROBLEM), false);

    assertThat(work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void whatCannotBeClearedIsSaid() {
    hasQueue();
    tables.found = new ClearTables.Found(Optional.empty(), List.of(PROBLEM), true);

    assertThat(work()).isEqualTo(new Work.Impossible(PROBLEM.reason(), PROBLEM.message()));
    assertThat(Scopes.now(executor.preflight(ACTION, scope))).containsExactly(PROBLEM);
  }

  @Test
  void aSyncControlWithoutAQueueIsAProblem() {
    hasControl("");

    assertThat(work()).isInstanceOf(Work.Impossible.class);
    assertThat(Scopes.now(executor.preflight(ACTION, scope)))
        .containsExactly(
            new Problem(
                "ClearMissing",
                "SyncControl orders does not say in spec.queue.clear what action back empties. Add it."));
    assertThat(executor.rights(ACTION, scope)).isEmpty();
    assertThat(Scopes.now(executor.pins(ACTION, scope))).isEmpty();
  }

  /** One that only a newer version knows. */
  @Test
  void aQueueOfAnUnknownKindIsAProblem() {
    hasControl("  queue: {clear: {}}");

    assertThat(Scopes.now(executor.preflight(ACTION, scope)))
        .extracting(Problem::reason)
        .containsExactly("ClearMissing");
  }

  @Test
  void aSyncControlThatIsMissingIsAProblem() {
    assertThat(Scopes.now(executor.preflight(ACTION, scope)))
        .extracting(Problem::reason)
        .containsExactly("SyncControlMissing");
  }
}
