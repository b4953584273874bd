package dev.backstep.database.swap;

import static dev.backstep.database.swap.TestRestore.NEW_DATA;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.mark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.TestServer;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A swap and the way back on every version of PostgreSQL that Maven fetched. */
class SwapVersionsIT {
  private static final Path FETCHED = Path.of("target", "postgres");

  static Stream<Path> versions() throws IOException {
    try (var jars = Files.list(FETCHED)) {
      return jars.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void itGoesLiveAndTheOldOneComesBack(Path version) throws Exception {
    try (var server = TestServer.of(version);
        var restore = new TestRestore(server)) {
      restore.asAdmin("ALTER DATABASE %s SET work_mem = '5MB'".formatted(restore.live()));
      assertThat(restore.problems()).isEmpty();
      restore.proven();
      var swap = restore.swap();

      assertThat(restore.send(swap, mark(3))).isInstanceOf(Outcome.Applied.class);
      assertThat(restore.data()).isEqualTo(NEW_DATA);
      assertThat(restore.database().rows("SHOW work_mem")).containsExactly("5MB");

      assertThat(restore.send(restore.back(swap), mark(4))).isInstanceOf(Outcome.Applied.class);
      assertThat(restore.data()).isEqualTo(OLD_DATA);

      assertThat(restore.send(restore.drop(restore.names().undone(restore.live()))))
          .isInstanceOf(Outcome.Applied.class);
      assertThat(restore.states()).containsExactly("live - open");
    }
  }
}
