package dev.backstep.database;

import static dev.backstep.database.SqlEffects.NOT_AFTER;
import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.SqlEffects.undoMark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.api.v1alpha1.action.DisableTriggers.Triggers;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Triggers of a real database that are turned off, and come back as they were. */
class DisableTriggersIT {
  private static final String STATES =
      "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid::regclass::text, tgname";

  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects
        .database()
        .has(
            """
            CREATE TABLE users (id int PRIMARY KEY);
            CREATE TABLE notes (id int, owner int REFERENCES users, seen int);
            CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN NEW.seen = 1; RETURN NEW; END $$;
            CREATE TRIGGER a_origin BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_it();
            CREATE TRIGGER b_replica BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_it();
            CREATE TRIGGER c_always BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_it();
            CREATE TRIGGER "D'off" BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_it();
            CREATE CONSTRAINT TRIGGER e_checks AFTER INSERT ON notes FOR EACH ROW
              EXECUTE FUNCTION count_it();
            ALTER TABLE notes ENABLE REPLICA TRIGGER b_replica;
            ALTER TABLE notes ENABLE ALWAYS TRIGGER c_always;
            ALTER TABLE notes DISABLE TRIGGER "D'off";
            """);
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<String> states() {
    return effects.database().rows(STATES);
  }

  private List<Problem> problems(Triggers which, String... tables) {
    return effects
        .triggers()
        .problems(new DisableTriggers(new Ref(SECRET), List.of(tables), which), AUTHOR)
        .toCompletableFuture()
        .join();
  }

  @Test
  void eachTriggerComesBackAsItWas() throws Exception {
    var before = states();
    var effect = effects.off(Triggers.User, "notes");

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("4 altered"));
    assertThat(states()).allMatch(state -> state.endsWith(" D"));
    effects.database().has("INSERT INTO notes VALUES (1, NULL, 0)");
    assertThat(effects.database().rows("SELECT seen FROM notes")).containsExactly("0");

    assertThat(effects.undone(effect, mark(1))).isEqualTo(Outcome.Applied.saying("4 put back"));
    assertThat(states())
        .isEqualTo(before)
        .containsExactly("D'off D", "a_origin O", "b_replica R", "c_always A", "e_checks O");
  }

  @Test
  void itIsDoneOnceAndIsTheSameAfterItWasWrittenDown() throws Exception {
    var written = Json.MAPPER.writeValueAsString(effects.off(Triggers.User, "notes"));
    var effect = Json.MAPPER.readValue(written, CatalogChange.class);
    effects.send(effect, mark(1));
    effects.database().has("ALTER TABLE notes ENABLE TRIGGER a_origin");

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("4 altered"));
    assertThat(states()).contains("a_origin O");
  }

  @Test
  void whatSomebodyChangedSinceIsLeftAndNamed() throws Exception {
    var effect = effects.off(Triggers.User, "notes");
    effects.send(effect, mark(1));
    effects
        .database()
        .has("ALTER TABLE notes ENABLE ALWAYS TRIGGER a_origin; DROP TRIGGER c_always ON notes");

    var undone = (Outcome.Applied) effects.undone(effect, mark(1));

    assertThat(undone.said()).isEqualTo("2 put back");
    assertThat(undone.drift())
        .isEqualTo(
            "trigger c_always of public.notes; trigger a_origin of public.notes changed since, so they were left as they are");
    assertThat(states()).containsExactly("D'off D", "a_origin A", "b_replica R", "e_checks O");
  }

  @Test
  void whatSomebodyPutBackAlreadyIsNoDrift() throws Exception {
    var effect = effects.off(Triggers.User, "notes");
    effects.send(effect, mark(1));
    effects.database().has("ALTER TABLE notes ENABLE TRIGGER a_origin");

    assertThat(effects.undone(effect, mark(1))).isEqualTo(Outcome.Applied.saying("3 put back"));
  }

  /** And it never is any more, even if it is as before again. */
  @Test
  void whatIsNotAsItWasLookedAtIsNotDone() {
    var effect = effects.off(Triggers.User, "notes");
    effects.database().has("ALTER TABLE notes DISABLE TRIGGER a_origin");

    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Refused.class);
    assertThat(states()).contains("b_replica R");

    effects.database().has("ALTER TABLE notes ENABLE TRIGGER a_origin");
    assertThat(effects.changes().close(effect, mark(1), true, AUTHOR, NOT_AFTER))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(states()).contains("b_replica R");
  }

  @Test
  void whatIsNotWantedAnyMoreNeverHappens() {
    var effect = effects.off(Triggers.User, "notes");

    assertThat(effects.changes().close(effect, mark(1), false, AUTHOR, NOT_AFTER))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Refused.class);
    assertThat(states()).contains("a_origin O");
  }

  @Test
  void aTableThatIsInUseIsTriedAgain() throws Exception {
    var effect = effects.off(Triggers.User, "notes");
    try (var other = effects.database().connection();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("INSERT INTO notes VALUES (2)");

      var outcome = effects.send(effect, mark(1));

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.NotSent.class,
              it -> assertThat(it.problem().reason()).isEqualTo("LockTimeout"));
    }
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aDryRunSaysWhichTriggersAndLeavesNothing() {
    var before = states();

    assertThat(effects.changes().preview(effects.off(Triggers.User, "notes"), AUTHOR))
        .filteredOn(line -> !line.contains("RI_ConstraintTrigger"))
        .containsExactly(
            "trigger a_origin of public.notes: off",
            "trigger b_replica of public.notes: off",
            "trigger c_always of public.notes: off",
            "trigger e_checks of public.notes: off",
            "trigger D'off of public.notes: off already");
    assertThat(effects.changes().preview(effects.off(Triggers.User, "notes"), AUTHOR))
        .anyMatch(line -> line.endsWith("stays on, because it checks a constraint"));
    assertThat(states()).isEqualTo(before);
    assertThat(effects.database().rows("SELECT 1 FROM pg_namespace WHERE nspname = 'backstep'"))
        .isEmpty();
  }

  @Test
  void foreignKeysAreASuperusersMatter() throws Exception {
    assertThat(problems(Triggers.User, "notes")).isEmpty();
    assertThat(problems(Triggers.All, "notes"))
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("SuperuserNeeded"))
        .satisfies(it -> assertThat(it.message()).contains("table public.notes"));

    TestDatabase.asAdmin("ALTER ROLE %s SUPERUSER".formatted(effects.database().name()));
    assertThat(problems(Triggers.All, "notes")).isEmpty();
    var effect = effects.off(Triggers.All, "notes");
    effects.send(effect, mark(1));
    effects.database().has("INSERT INTO notes VALUES (1, 4711)");
    effects.database().has("DELETE FROM notes");
    effects.undone(effect, mark(1));

    assertThat(
            effects.database().rows("SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgisinternal"))
        .containsExactly("O");
  }

  @Test
  void partitionsAreTurnedOffToo() throws Exception {
    effects
        .database()
        .has(
            """
            CREATE TABLE parted (id int, owner int, seen int) PARTITION BY RANGE (id);
            CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
            CREATE TRIGGER parted_counts AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION count_it();
            CREATE TRIGGER own BEFORE INSERT ON parted_1 FOR EACH ROW EXECUTE FUNCTION count_it();
            ALTER TABLE parted_1 ENABLE ALWAYS TRIGGER parted_counts;
            """);
    var before = states();
    var effect = effects.off(Triggers.User, "parted", "parted_1");

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("3 altered"));
    assertThat(states()).filteredOn(it -> it.matches("(own|parted_counts) D")).hasSize(3);
    effects.undone(effect, mark(1));

    assertThat(states()).isEqualTo(before).contains("parted_counts A", "parted_counts O");
  }

  /** What PostgreSQL copies for it is off too, and would stay so. */
  @Test
  void aPartitionThatIsMadeMeanwhileIsAsTheOthers() throws Exception {
    effects
        .database()
        .has(
            """
            CREATE TABLE parted (id int, owner int, seen int) PARTITION BY RANGE (id);
            CREATE TRIGGER parted_counts AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION count_it();
            ALTER TABLE parted ENABLE ALWAYS TRIGGER parted_counts;
            """);
    var effect = effects.off(Triggers.User, "parted");
    effects.send(effect, mark(1));
    effects
        .database()
        .has("CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100)");
    assertThat(states()).contains("parted_counts D");

    effects.undone(effect, mark(1));

    assertThat(states())
        .filteredOn(it -> it.startsWith("parted_"))
        .hasSize(2)
        .containsOnly("parted_counts A");
  }

  @Test
  void whatWouldFailIsKnownBefore() {
    TestDatabase.asAdmin("CREATE ROLE owner_of_%s".formatted(effects.database().name()));
    effects.database().has("CREATE TABLE quiet (id int)");
    effects
        .database()
        .server()
        .asAdmin(
            effects.database().name(),
            "ALTER TABLE notes OWNER TO owner_of_%s".formatted(effects.database().name()));

    assertThat(problems(Triggers.User, "notes", "nothing", "no such.table.name.at all", "quiet"))
        .extracting(Problem::reason)
        .containsExactly("TableNotOwned", "TableMissing", "TableMissing", "NoTriggers");
    assertThat(problems(Triggers.User, "notes").get(0).message())
        .contains("GRANT \"owner_of_%1$s\" TO \"%1$s\";".formatted(effects.database().name()));
  }

  @Test
  void whatBackstepKeepsThereHasNoTriggersToTurnOff() {
    var database = effects.database();
    database.has("CREATE SCHEMA backstep; CREATE TABLE backstep.effect (mark text)");

    assertThat(problems(Triggers.User, "%s.backstep.effect".formatted(database.name())))
        .extracting(Problem::reason)
        .containsExactly("TableOfBackstep");
  }

  @Test
  void anUndoIsDoneOnce() throws Exception {
    var effect = effects.off(Triggers.User, "notes");
    effects.send(effect, mark(1));
    effects.undone(effect, mark(1));
    effects.database().has("ALTER TABLE notes DISABLE TRIGGER a_origin");

    effects.send((CatalogChange) effect.reversal(mark(1).text()).orElseThrow(), undoMark(1));

    assertThat(states()).contains("a_origin D");
  }

  /** Else the first one's release would turn on what the second one believes to be off. */
  @Test
  void whatAnotherRunHoldsIsNotShared() throws Exception {
    var effect = effects.off(Triggers.User, "notes");
    effects.send(effect, mark(1));

    assertThat(held("bs-run-2"))
        .contains(
            "Another run holds trigger a_origin of public.notes as it is, by effect bs-run-1/fix/apply/1/0: its release would change it. Let that run be released first.")
        .hasSize(4);
    assertThat(held(SqlEffects.CLAIM)).isEmpty();

    effects.undone(effect, mark(1));
    assertThat(held("bs-run-2")).isEmpty();
  }

  private List<String> held(String claim) {
    return effects
        .triggers()
        .look(new DisableTriggers(new Ref(SECRET), List.of("notes"), Triggers.User), AUTHOR, claim)
        .toCompletableFuture()
        .join()
        .held();
  }
}
