package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.swap.TestRestore.NEW_DATA;
import static dev.backstep.database.swap.TestRestore.NOT_AFTER;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.mark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.CuttingProxy;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process dies at each statement of each effect, before it arrives or before its answer does.
 * Whoever comes next finds the databases in one of two states, and brings the effect to its end.
 */
class SwapCrashesIT {
  private static final Mark MARK = mark(3);

  private static final List<Cut> CREATION =
      List.of(
          new Cut("CREATE DATABASE", 1),
          new Cut("pg_advisory_xact_lock", 1),
          new Cut("REVOKE ALL", 1),
          new Cut("COMMENT ON", 1),
          Cut.COMMIT);
  private static final List<Cut> PROOF =
      List.of(
          new Cut("pg_advisory_xact_lock", 1),
          new Cut("RESET ALL", 2),
          new Cut("REVOKE ALL", 2),
          new Cut("CONNECTION LIMIT 7", 1),
          new Cut("GRANT ", 2),
          new Cut("SET work_mem", 1),
          new Cut("COMMENT ON", 1),
          Cut.COMMIT);
  private static final List<Cut> DISCONNECTION = List.of(new Cut("DO $$", 1));
  private static final List<Cut> SWAP =
      List.of(
          new Cut("pg_advisory_xact_lock", 1),
          new Cut("RENAME TO", 1),
          new Cut("ALLOW_CONNECTIONS", 1),
          new Cut("RENAME TO", 2),
          new Cut("COMMENT ON", 1),
          new Cut("COMMENT ON", 2),
          Cut.COMMIT);
  private static final List<Cut> BACK =
      Stream.concat(SWAP.stream(), Stream.of(new Cut("ALLOW_CONNECTIONS", 2))).toList();
  private static final List<Cut> DROP =
      List.of(
          new Cut("pg_advisory_lock", 1),
          new Cut("pg_terminate_backend", 1),
          new Cut("DROP DATABASE", 1));

  private final TestRestore restore = new TestRestore();

  @AfterEach
  void close() {
    restore.close();
  }

  /** Where a connection is cut: at the so-and-so-many-th statement of this text. */
  private record Cut(String statement, int number) {
    private static final Cut COMMIT = new Cut("COMMIT\0", 1);

    /** True when the server goes on with it, or has others wait, when nobody hears of it. */
    private boolean lasts() {
      return equals(COMMIT) || statement.contains("DATABASE") || statement.contains("RENAME");
    }

    @Override
    public String toString() {
      return "%s %d".formatted(statement.strip(), number);
    }
  }

  /**
   * Within a transaction it makes no difference whether the last statement before the end arrives.
   */
  private static Stream<Arguments> all(List<Cut> cuts) {
    return cuts.stream()
        .flatMap(
            cut ->
                (cut.lasts() ? Stream.of(true, false) : Stream.of(false))
                    .flatMap(
                        arrives ->
                            Stream.of(true, false)
                                .map(wanted -> Arguments.of(cut, arrives, wanted))));
  }

  static Stream<Arguments> creation() {
    return all(CREATION);
  }

  static Stream<Arguments> proof() {
    return all(PROOF);
  }

  static Stream<Arguments> disconnection() {
    return all(DISCONNECTION);
  }

  static Stream<Arguments> swap() {
    return all(SWAP);
  }

  static Stream<Arguments> back() {
    return all(BACK);
  }

  static Stream<Arguments> drop() {
    return all(DROP);
  }

  /** Sends an effect through a network that is cut; nobody knows then how it ended. */
  private <E extends SwapEffect> void cut(Effector<E> effector, E effect, Cut at, boolean arrives)
      throws IOException {
    var port = restore.database().server().port();
    try (var proxy = new CuttingProxy(port, arrives, at.statement(), at.number())) {
      restore.secretSays(proxy.address());
      try {
        var outcome = effector.send(effect, MARK, AUTHOR, NOT_AFTER);
        assertThat(outcome).as("sent, but never answered").isNull();
      } catch (NotKnownException e) {
        assertThat(proxy.hasCut()).isTrue();
      }
    }
    restore.secretSays(Map.of());
  }

  private <E extends SwapEffect> Outcome closed(Effector<E> effector, E effect, boolean wanted) {
    return effector.close(effect, MARK, wanted, AUTHOR, NOT_AFTER);
  }

  private static boolean committed(Cut at, boolean arrives) {
    return arrives && at.equals(Cut.COMMIT);
  }

  @ParameterizedTest
  @MethodSource
  void creation(Cut at, boolean arrives, boolean wanted) throws Exception {
    var effect = restore.creation();
    cut(restore.creations(), effect, at, arrives);

    var outcome = closed(restore.creations(), effect, wanted);

    var made = wanted || !at.equals(CREATION.get(0)) || restore.seen().side().isPresent();
    assertThat(outcome).isInstanceOf(made ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.states())
        .isEqualTo(made ? List.of("1 Created open", "live - open") : List.of("live - open"));
    assertThat(restore.mayConnect(restore.names().side(restore.live()))).isFalse();
    assertThat(restore.data()).isEqualTo(OLD_DATA);
  }

  @ParameterizedTest
  @MethodSource
  void proof(Cut at, boolean arrives, boolean wanted) throws Exception {
    restore.asAdmin("ALTER DATABASE %s CONNECTION LIMIT 7".formatted(restore.live()));
    restore.asAdmin("ALTER DATABASE %s SET work_mem = '5MB'".formatted(restore.live()));
    restore.loaded();
    var effect = restore.proof();
    cut(restore.proofs(), effect, at, arrives);

    var outcome = closed(restore.proofs(), effect, wanted);

    var done = wanted || committed(at, arrives);
    assertThat(outcome).isInstanceOf(done ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.states())
        .containsExactly(done ? "1 Verified open" : "1 Loaded open", "live - open");
    assertThat(restore.mayConnect(restore.names().side(restore.live()))).isEqualTo(done);
    if (!done) {
      assertThat(restore.proofs().send(effect, MARK, AUTHOR, NOT_AFTER))
          .isEqualTo(new Outcome.Refused(null));
      assertThat(restore.proofs().send(effect, mark(4), AUTHOR, NOT_AFTER))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  @ParameterizedTest
  @MethodSource
  void disconnection(Cut at, boolean arrives, boolean wanted) throws Exception {
    restore.proven();
    var effect = restore.disconnection();
    try (var one = restore.connection(restore.live(), restore.live() + "_app")) {
      cut(restore.disconnections(), effect, at, arrives);

      var outcome = closed(restore.disconnections(), effect, wanted);

      assertThat(outcome).isInstanceOf(wanted ? Outcome.Applied.class : Outcome.Refused.class);
      assertThat(one.isValid(1)).isEqualTo(!wanted && !arrives);
    }
    assertThat(restore.disconnections().send(effect, MARK, AUTHOR, NOT_AFTER))
        .isInstanceOf(wanted ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.states()).containsExactly("1 Verified open", "live - open");
  }

  @ParameterizedTest
  @MethodSource
  void swap(Cut at, boolean arrives, boolean wanted) throws Exception {
    restore.proven();
    var effect = restore.swap();
    cut(restore.swaps(), effect, at, arrives);
    assertThat(restore.data()).isEqualTo(committed(at, arrives) ? NEW_DATA : OLD_DATA);

    var outcome = closed(restore.swaps(), effect, wanted);

    var done = wanted || committed(at, arrives);
    assertThat(outcome).isInstanceOf(done ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.data()).isEqualTo(done ? NEW_DATA : OLD_DATA);
    assertThat(restore.states())
        .isEqualTo(
            done
                ? List.of("live - open", "old Kept closed")
                : List.of("1 Verified open", "live - open"));
    if (!done) {
      assertNeverLater(effect, NEW_DATA);
    }
  }

  @ParameterizedTest
  @MethodSource
  void back(Cut at, boolean arrives, boolean wanted) throws Exception {
    restore.proven();
    var there = restore.swap();
    restore.send(there, mark(2));
    var effect = restore.back(there);
    cut(restore.swaps(), effect, at, arrives);
    assertThat(restore.data()).isEqualTo(committed(at, arrives) ? OLD_DATA : NEW_DATA);

    var outcome = closed(restore.swaps(), effect, wanted);

    var done = wanted || committed(at, arrives);
    assertThat(outcome).isInstanceOf(done ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.data()).isEqualTo(done ? OLD_DATA : NEW_DATA);
    assertThat(restore.states())
        .containsExactly("live - open", done ? "undone Undone closed" : "old Kept closed");
    if (!done) {
      assertNeverLater(effect, OLD_DATA);
    }
  }

  /** What was given up stays undone, even if it arrives late; and may be wanted anew. */
  private void assertNeverLater(DatabaseSwap effect, String data) throws SQLException {
    assertThat(restore.send(effect, MARK)).isEqualTo(new Outcome.Refused(null));
    assertThat(restore.send(effect, mark(9))).isInstanceOf(Outcome.Applied.class);
    assertThat(restore.data()).isEqualTo(data);
  }

  @ParameterizedTest
  @MethodSource
  void drop(Cut at, boolean arrives, boolean wanted) throws Exception {
    restore.loaded();
    var effect = restore.drop(restore.names().side(restore.live()));
    cut(restore.drops(), effect, at, arrives);

    var outcome = closed(restore.drops(), effect, wanted);

    var done = restore.seen().side().isEmpty();
    assertThat(done || !wanted).isTrue();
    assertThat(outcome).isInstanceOf(done ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.data()).isEqualTo(OLD_DATA);
    if (!done) {
      assertThat(restore.drops().send(effect, MARK, AUTHOR, NOT_AFTER))
          .isEqualTo(new Outcome.Refused(null));
      assertThat(restore.drops().send(effect, mark(4), AUTHOR, NOT_AFTER))
          .isInstanceOf(Outcome.Applied.class);
    }
  }
}
