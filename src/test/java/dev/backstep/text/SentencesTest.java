package dev.backstep.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No text makes a status grow beyond what can be stored. */
class SentencesTest {
  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void whatIsShortStaysAsItIs() {
    assertThat(Sentences.bounded("All is well.")).isEqualTo("All is well.");
    assertThat(Sentences.bounded("a".repeat(1024))).hasSize(1024);
  }

  @Test
  void whatIsLongEndsAtAWord() {
    var text = Sentences.bounded("workload ".repeat(300));

    assertThat(bytes(text)).isBetween(900, 1024);
    assertThat(text).endsWith("workload ...");
  }

  @Test
  void bytesCountNotCharacters() {
    for (var letter : List.of("ä", "語", "😀")) {
      var text = Sentences.bounded(letter.repeat(600));

      assertThat(bytes(text)).isBetween(900, 1024);
      assertThat(text).endsWith(letter + " ...");
    }
  }

  @Test
  void allOfThemAreSaidWhileThereIsRoom() {
    assertThat(Sentences.all(List.of("One.", "Two."), "")).isEqualTo("One. Two.");
    assertThat(Sentences.all(List.of("Do:\nthis\n", "Two."), "")).isEqualTo("Do:\nthis\nTwo.");
    assertThat(Sentences.all(List.of("One.", "Do:\nthis\n"), "")).isEqualTo("One. Do:\nthis\n");
    assertThat(Sentences.all(List.of(), "")).isEmpty();
  }

  @Test
  void whatHasNoRoomIsCounted() {
    var many = Collections.nCopies(20, "x".repeat(99) + ".");

    var text = Sentences.all(many, "status.levels has them");

    assertThat(bytes(text)).isLessThanOrEqualTo(900);
    assertThat(text).endsWith(".\nAnd 12 more: status.levels has them.");
  }

  @Test
  void theFirstIsSaidHoweverLongItIs() {
    var text = Sentences.all(List.of("x".repeat(5000), "y"), "");

    assertThat(bytes(text)).isBetween(850, 900);
    assertThat(text).startsWith("xxx").endsWith("x ...\nAnd 1 more.");
  }
}
