package dev.backstep.journal;

import dev.backstep.api.v1alpha1.Transition;
import dev.backstep.config.BackstepConfig;
import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/**
 * The record of runs in PostgreSQL: one row for each transition. It is derived from the status, so
 * that an outage of the database loses nothing: what is missing is written when it is back, and
 * writing a row twice changes nothing. Optional: without a URL there is none.
 */
@ApplicationScoped
public class Journal {
  private static final Logger LOG = Logger.getLogger(Journal.class);

  private static final String INSERT =
      "INSERT INTO run_transition (claim, seq, plan_namespace, plan_name, plan_uid, run, at, phase,"
          + " level, action, reason, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (plan_uid, claim, seq) DO NOTHING";

  private final Clock clock;
  private final boolean configured;
  private final Instance<AgroalDataSource> dataSource;
  private final Instance<Flyway> flyway;
  private final ExecutorService writer;
  private final Map<String, Progress> progress = new ConcurrentHashMap<>();
  private volatile boolean migrated;

  @Inject
  public Journal(
      BackstepConfig config,
      Instance<AgroalDataSource> dataSource,
      Instance<Flyway> flyway,
      Clock clock) {
    this(config, dataSource, flyway, clock, Executors.newSingleThreadExecutor());
  }

  /** With a thread of the caller's choice. */
  public Journal(
      BackstepConfig config,
      Instance<AgroalDataSource> dataSource,
      Instance<Flyway> flyway,
      Clock clock,
      ExecutorService writer) {
    this.writer = writer;
    this.clock = clock;
    this.configured = config.journal().url().filter(url -> !url.isBlank()).isPresent();
    this.dataSource = dataSource;
    this.flyway = flyway;
  }

  /** The plan that transitions belong to. */
  public record PlanId(String namespace, String name, String uid) {}

  /** Said once at the start, because a missing record shows only when somebody looks for it. */
  void onStart(@Observes StartupEvent start) {
    LOG.info(
        configured
            ? "the journal is kept in PostgreSQL"
            : "no journal is kept: set backstep.journal.url to have one");
  }

  /** How far the journal is. */
  public enum State {
    /** No journal is kept, or there is nothing to write. */
    NONE,
    WRITING,
    WRITTEN,
    /** The database does not answer; it is tried again. */
    FAILING
  }

  private record Progress(Transition last, Instant failedSince) {
    boolean failed() {
      return failedSince != null;
    }
  }

  /** How far the journal is with a plan's transitions. */
  public State state(String planUid, List<Transition> transitions) {
    var known = progress.get(planUid);
    if (!configured || transitions.isEmpty()) {
      return State.NONE;
    }
    if (known != null && known.failed()) {
      return State.FAILING;
    }
    return has(planUid, transitions) ? State.WRITTEN : State.WRITING;
  }

  /** Since when a plan's transitions cannot be written; null: they can, or none were tried. */
  public Instant failingSince(String planUid) {
    var known = progress.get(planUid);
    return known == null ? null : known.failedSince();
  }

  /** True when these transitions are all known to be in the journal, or no journal is kept. */
  public boolean has(String planUid, List<Transition> transitions) {
    var known = progress.get(planUid);
    return !configured
        || transitions.isEmpty()
        || known != null && transitions.get(transitions.size() - 1).equals(known.last());
  }

  /**
   * Writes what is not written yet, in the background.
   *
   * @param whenDone told when it is known whether the journal could be written
   */
  public void write(PlanId plan, List<Transition> transitions, Runnable whenDone) {
    if (!has(plan.uid(), transitions)) {
      writer.execute(() -> writeNow(plan, transitions, whenDone));
    }
  }

  /** Forgets a plan that is gone. */
  public void forget(String planUid) {
    progress.remove(planUid);
  }

  private void writeNow(PlanId plan, List<Transition> transitions, Runnable whenDone) {
    var before = progress.get(plan.uid());
    if (has(plan.uid(), transitions)) {
      return;
    }
    try {
      migrate();
      insert(plan, transitions);
      progress.put(plan.uid(), new Progress(transitions.get(transitions.size() - 1), null));
    } catch (SQLException | FlywayException e) {
      LOG.warnf("journal not written for %s/%s: %s", plan.namespace(), plan.name(), first(e));
      var since = before == null || !before.failed() ? clock.instant() : before.failedSince();
      progress.put(plan.uid(), new Progress(before == null ? null : before.last(), since));
    }
    if (before == null || before.failed() != progress.get(plan.uid()).failed()) {
      whenDone.run();
    }
  }

  private static String first(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * In the background, because a database that is down must not keep the operator from starting.
   */
  private void migrate() {
    if (!migrated) {
      flyway.get().migrate();
      migrated = true;
    }
  }

  private void insert(PlanId plan, List<Transition> transitions) throws SQLException {
    try (Connection connection = dataSource.get().getConnection();
        PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (var transition : transitions) {
        bind(statement, plan, transition);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void bind(PreparedStatement statement, PlanId plan, Transition transition)
      throws SQLException {
    statement.setString(1, transition.claim());
    statement.setLong(2, transition.seq());
    statement.setString(3, plan.namespace());
    statement.setString(4, plan.name());
    statement.setString(5, plan.uid());
    statement.setString(6, transition.run());
    statement.setTimestamp(7, Timestamp.from(transition.at()));
    statement.setString(8, transition.phase().name());
    statement.setString(9, transition.level());
    statement.setString(10, transition.action());
    statement.setString(11, transition.reason());
    statement.setString(12, transition.message());
  }

  @PreDestroy
  void stop() {
    writer.shutdown();
  }
}
