package dev.backstep.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.problem.ProblemException;
import dev.backstep.sqlite.DyingDisk.Killed;
import dev.backstep.sqlite.RestoredShop.Left;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files in every state take each other's place, and whoever does it is killed at every step. */
class FileSwapTest {
  private static final int MOST_STEPS = 100;
  private static final String RESTORED = "100";

  @TempDir Path folder;

  private static String before(Left left) {
    return left == Left.DAMAGED ? "no database any more" : "7";
  }

  private RestoredShop proven(Left left, String name) throws Exception {
    return RestoredShop.proven(Files.createDirectories(folder.resolve(name)), left);
  }

  @ParameterizedTest
  @EnumSource
  void theProvenFileIsLiveAndWhatWasBeforeIsKept(Left left) throws Exception {
    var shop = proven(left, "swapped");
    assertThat(shop.found(shop.live())).isEqualTo(before(left));

    var said = shop.step(FileTask.Step.Swap, new Disk());

    assertThat(said).containsEntry(FileWork.STATE, "Kept").containsEntry("file", "shop.backup");
    assertSwapped(shop, left);
    assertThat(shop.step(FileTask.Step.Check, new Disk())).isEqualTo(said);
    assertThat(shop.step(FileTask.Step.Swap, new Disk())).isEqualTo(said);
  }

  private static void assertSwapped(RestoredShop shop, Left left) throws IOException {
    assertThat(shop.found(shop.live())).isEqualTo(RESTORED);
    assertThat(Companions.of(shop.live())).isEmpty();
    assertThat(shop.found(shop.file().old())).isEqualTo(before(left));
    assertThat(shop.file().sides()).isEmpty();
    if (left == Left.DAMAGED) {
      assertThat(Companions.beside(shop.file().old(), Companions.WAL)).hasContent("its log");
    } else if (left != Left.CLOSED) {
      // As it was found, beside what SQLite made of it.
      assertThat(Companions.of(shop.file().found())).isNotEmpty();
      assertThat(shop.found(shop.file().found())).isEqualTo(before(left));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsKilledLeavesTheOldFileOrTheNewOne(Left left) throws Exception {
    var step = 0;
    for (var killed = true; killed && step < MOST_STEPS; step++) {
      var shop = proven(left, "killed-" + step);
      killed = isKilled(shop, FileTask.Step.Swap, step);

      assertThat(shop.found(shop.live()))
          .as("killed before step %d", step)
          .isIn(before(left), RESTORED);

      shop.step(FileTask.Step.Swap, new Disk());
      assertSwapped(shop, left);
    }
    assertThat(step).isBetween(8, MOST_STEPS - 1);
  }

  private static boolean isKilled(RestoredShop shop, FileTask.Step what, int step)
      throws IOException, ProblemException {
    try {
      shop.step(what, new DyingDisk(step));
      return false;
    } catch (Killed e) {
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasBeforeIsPutBackWhereverWhoDoesItIsKilled(Left left) throws Exception {
    var step = 0;
    for (var killed = true; killed && step < MOST_STEPS; step++) {
      var shop = proven(left, "back-" + step);
      shop.step(FileTask.Step.Swap, new Disk());
      try (var application = DriverManager.getConnection("jdbc:sqlite:" + shop.live())) {
        TestFile.execute(application, "INSERT INTO orders VALUES (101, 19)");
      }
      killed = isKilled(shop, FileTask.Step.PutBack, step);

      assertThat(shop.found(shop.live()))
          .as("killed before step %d", step)
          .isIn(before(left), "101");

      assertThat(shop.step(FileTask.Step.PutBack, new Disk()))
          .containsEntry(FileWork.STATE, "Undone");
      assertThat(shop.found(shop.live())).isEqualTo(before(left));
      assertThat(shop.found(shop.file().undone())).isEqualTo("101");
      if (left == Left.DAMAGED) {
        assertThat(Companions.beside(shop.live(), Companions.WAL)).hasContent("its log");
      }
    }
    assertThat(step).isBetween(5, MOST_STEPS - 1);
  }

  @Test
  void whatNeverWentLiveIsDeleted() throws Exception {
    var shop = proven(Left.WITH_LOG, "cleared");

    shop.step(FileTask.Step.Clear, new Disk());
    shop.step(FileTask.Step.Clear, new Disk());

    assertThat(shop.file().all()).isEmpty();
    assertThat(shop.found(shop.live())).isEqualTo("7");
  }

  /** Whoever stops a restore in the middle of the swap finds what was done, and deletes no data. */
  @Test
  void whatIsLiveIsNotDeletedByWhoStopsInTheMiddle() throws Exception {
    var step = 0;
    for (var killed = true; killed; step++) {
      var shop = proven(Left.CLOSED, "stopped-" + step);
      killed = isKilled(shop, FileTask.Step.Swap, step);
      var live = shop.found(shop.live());

      shop.step(FileTask.Step.Clear, new Disk());

      assertThat(shop.found(shop.live())).isEqualTo(live);
      if (live.equals(RESTORED)) {
        assertThat(shop.found(shop.file().old())).isEqualTo("7");
      } else {
        assertThat(shop.file().all()).isEmpty();
      }
    }
  }

  @Test
  void whatWasKeptIsDropped() throws Exception {
    var shop = proven(Left.WITH_LOG, "dropped");
    shop.step(FileTask.Step.Swap, new Disk());

    shop.step(FileTask.Step.Drop, new Disk());
    shop.step(FileTask.Step.Drop, new Disk());

    assertThat(shop.file().all()).isEmpty();
    assertThat(shop.found(shop.live())).isEqualTo(RESTORED);
    assertThatThrownBy(() -> shop.step(FileTask.Step.PutBack, new Disk()))
        .hasMessageContaining("is not kept any more");
  }

  @Test
  void aFileThatSomebodyElsePutThereIsLeftAlone() throws Exception {
    var shop = proven(Left.CLOSED, "foreign");
    Files.copy(shop.live(), folder.resolve("another"));
    Files.move(
        folder.resolve("another"), shop.live(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> shop.step(FileTask.Step.Swap, new Disk()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("somebody else put another one in its place");
    assertThat(shop.found(shop.live())).isEqualTo("7");
  }

  @Test
  void whatWasChangedSinceItWasProvenIsNotTaken() throws Exception {
    var shop = proven(Left.CLOSED, "changed");
    try (var somebody = DriverManager.getConnection("jdbc:sqlite:" + shop.file().side())) {
      TestFile.execute(somebody, "DELETE FROM orders");
    }

    assertThatThrownBy(() -> shop.step(FileTask.Step.Swap, new Disk()))
        .hasMessageContaining("is not as it was proven");
    assertThat(shop.found(shop.live())).isEqualTo("7");
  }

  @ParameterizedTest
  @EnumSource(
      value = Left.class,
      names = {"CLOSED", "WITH_LOG"})
  void whoHasTheFileOpenKeepsIt(Left left) throws Exception {
    var shop = proven(left, "open");
    var application = application(shop.live());
    try {
      assertThatThrownBy(
              () ->
                  new FileSwap(shop.file(), new Disk(), java.time.Duration.ofMillis(300)).swapped())
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("Somebody has file shop.sqlite open");
      assertThat(shop.found(shop.live())).isEqualTo("7");
    } finally {
      application.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
    }
    shop.step(FileTask.Step.Swap, new Disk());
    assertThat(shop.found(shop.live())).isEqualTo(RESTORED);
  }

  /** Locks are those of processes, so it is another one. */
  private static Process application(Path file) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("open");
    return process;
  }

  /** Reads a file, and does not come to an end. */
  static final class Application {
    private Application() {}

    public static void main(String[] args) throws Exception {
      try (var connection = DriverManager.getConnection("jdbc:sqlite:" + args[0])) {
        TestFile.execute(connection, "BEGIN", "SELECT count(*) FROM orders");
        System.out.println("open");
        Thread.sleep(TimeUnit.MINUTES.toMillis(2));
      }
    }
  }
}
