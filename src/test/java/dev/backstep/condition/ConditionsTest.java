package dev.backstep.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A condition keeps its time as long as it says the same, and is there once. */
class ConditionsTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String AT_NOON = NOON.toString();
  private static final Instant LATER = NOON.plusSeconds(60);

  private static Conditions after(Conditions before) {
    return new Conditions(before.list(), 2L, LATER);
  }

  private static Conditions atNoon() {
    return new Conditions(List.of(), 1L, NOON);
  }

  private static Condition only(Conditions conditions) {
    assertThat(conditions.list()).hasSize(1);
    return conditions.list().get(0);
  }

  @Test
  void theTimeIsThatOfTheChange() {
    var before = atNoon().say("Ready", true, "Checked", "All is well.");

    var same = only(after(before).say("Ready", true, "Other", "All is very well."));
    assertThat(same.getLastTransitionTime()).isEqualTo(AT_NOON);
    assertThat(same.getReason()).isEqualTo("Other");
    assertThat(same.getMessage()).isEqualTo("All is very well.");
    assertThat(same.getObservedGeneration()).isEqualTo(2);

    var other = only(after(before).say("Ready", false, "Checked", "No."));
    assertThat(other.getLastTransitionTime()).isEqualTo(LATER.toString());
    assertThat(other.getStatus()).isEqualTo("False");
  }

  @Test
  void whatIsNotSaidAgainIsGone() {
    assertThat(after(atNoon().say("Ready", true, "Checked", "")).list()).isEmpty();
  }

  @Test
  void sayOnceKeepsTheFirstMessage() {
    var before = atNoon().say("Ready", null, "Asked", "first");

    assertThat(only(after(before).sayOnce("Ready", null, "Asked", "second")).getMessage())
        .isEqualTo("first");
    assertThat(only(after(before).sayOnce("Ready", null, "Other", "second")).getMessage())
        .isEqualTo("second");
  }

  @Test
  void keepSaysWhatWasSaidBefore() {
    var before = atNoon().say("Ready", false, "Checked", "No.");

    var kept = only(after(before).keep("Ready", "Measuring", "Being measured."));
    assertThat(kept.getStatus()).isEqualTo("False");
    assertThat(kept.getMessage()).isEqualTo("No.");
    assertThat(kept.getLastTransitionTime()).isEqualTo(AT_NOON);
    assertThat(kept.getObservedGeneration()).isEqualTo(1);

    var nothing = only(atNoon().keep("Ready", "Measuring", "Being measured."));
    assertThat(nothing.getStatus()).isEqualTo("Unknown");
    assertThat(nothing.getMessage()).isEqualTo("Being measured.");
  }

  @Test
  void theSameTypeIsThereOnce() {
    var before = atNoon().say("Ready", false, "Checked", "No.");

    only(after(before).say("Ready", true, "Checked", "Yes.").keep("Ready", "Checked", ""));
    only(after(before).keep("Ready", "Checked", "").say("Ready", true, "Checked", "Yes."));
  }
}
