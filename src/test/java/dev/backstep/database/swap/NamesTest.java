package dev.backstep.database.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.Json;
import dev.backstep.database.Identity;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the databases of a restore are called, and what they say of themselves. */
class NamesTest {
  private final Names names = Names.of("bs-run-1", "restore", 2);

  @Test
  void eachRestoreHasNamesOfItsOwn() {
    assertThat(names.tag()).matches("[0-9a-f]{8}");
    assertThat(Names.of("bs-run-1", "other", 2).tag()).isNotEqualTo(names.tag());
    assertThat(names.side("orders")).isEqualTo("orders_bs%s_2".formatted(names.tag()));
    assertThat(names.old("orders")).isEqualTo("orders_bs%s_old".formatted(names.tag()));
    assertThat(names.undone("orders")).isEqualTo("orders_bs%s_undone".formatted(names.tag()));
  }

  @Test
  void aNameThatPostgresWouldCutDoesNotFit() {
    assertThat(names.fit("o".repeat(Names.longestLive()))).isTrue();
    assertThat(names.fit("o".repeat(Names.longestLive() + 1))).isFalse();
    assertThat(names.fit("ö".repeat(Names.longestLive() / 2 + 1))).isFalse();
  }

  @Test
  void aNoteIsReadAsItWasWritten() {
    var note =
        new Note("ab12cd34", Note.State.Kept, 2, Map.of(Note.COMMENT, "the shop's \"orders\"\n"));

    assertThat(Note.of(note.text())).contains(note);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "orders of the shop",
        "backstep ",
        "backstep {",
        "backstep {\"state\":\"Gone\"}"
      })
  void whatPeopleWriteIsNoNote(String comment) {
    assertThat(Note.of(comment)).isEmpty();
  }

  @Test
  void aNoteFencesTheEffectsWhoseMarksItHas() {
    var note = new Note("ab12cd34", Note.State.Verified, 1, Map.of()).fencing("one").fencing("two");

    assertThat(note.fences("one")).isTrue();
    assertThat(note.fences("two")).isTrue();
    assertThat(note.fences("tw")).isFalse();
    assertThat(note.fencing("two")).isEqualTo(note);
  }

  static Stream<SwapEffect> effects() {
    var database = new Identity("7", 16384);
    var names = new Names("ab12cd34", 2);
    var limit = Duration.ofSeconds(20);
    return Stream.of(
        new SideCreation("orders-db", database, "orders", names, limit),
        new SideProven(
            "orders-db", database, "orders", names, 16400, Map.of("value.orders", "7"), limit),
        new DatabaseSwap("orders-db", database, "orders", names, 16400, false, limit, null),
        new DatabaseSwap(
            "orders-db", database, "orders", names, 1, true, limit, "bs-run-1/a/apply/1/0"),
        new DatabaseDrop("orders-db", database, "orders", names, "orders_x", 16400, limit));
  }

  @ParameterizedTest
  @MethodSource("effects")
  void anEffectIsReadFromItsImageAsItWasWritten(SwapEffect effect) throws IOException {
    var json = Json.MAPPER.writeValueAsString(effect);

    assertThat(Json.MAPPER.readValue(json, effect.getClass())).isEqualTo(effect);
    assertThat(effect.summary()).contains("database orders");
  }
}
