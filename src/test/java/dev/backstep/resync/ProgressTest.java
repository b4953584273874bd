package dev.backstep.resync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.resync.Progress.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void saysTheTableThatIsCopied() {
    var progress =
        new Progress(
            List.of(
                table("customers", 1200, 1200, State.copied),
                table("vehicles", 50000, 12400, State.waiting),
                table("parts", 7, 0, State.waiting)));

    assertThat(progress.now()).isEqualTo("vehicles 12,400/50,000, table 2 of 3");
    assertThat(progress.done()).isFalse();
  }

  @Test
  void saysTheTableThatIsComparedWhenAllAreCopied() {
    var progress =
        new Progress(
            List.of(
                table("customers", 1200, 1200, State.compared),
                table("vehicles", 5, 5, State.copied)));

    assertThat(progress.now()).isEqualTo("comparing vehicles 5/5, table 2 of 2");
  }

  @Test
  void saysAtTheEndWhatWasCopied() {
    var progress =
        new Progress(
            List.of(
                new Progress.Table("customers", 1200, 1200, 3, State.compared, 0, ""),
                new Progress.Table("vehicles", 5, 5, 0, State.compared, 2, "columns x")));

    assertThat(progress.done()).isTrue();
    assertThat(progress.now())
        .isEqualTo(
            "customers 1,200/1,200, 3 of them new or changed; vehicles 5/5, 0 of them new or changed, beside 2 other rows (columns x)");
  }

  private static Progress.Table table(String name, long total, long copied, State state) {
    return new Progress.Table(name, total, copied, 0, state, 0, "");
  }
}
