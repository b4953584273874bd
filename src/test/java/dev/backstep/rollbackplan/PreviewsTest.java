package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A preview never makes the status larger than what can be stored. */
class PreviewsTest {
  @Test
  void anActionShowsFortyLines() {
    var all = Map.of("many", Collections.nCopies(50, "line"), "few", List.of("one", "two"));

    var shown = Previews.bounded(all);

    assertThat(shown.get("many")).hasSize(41).endsWith("line", "... and 10 more");
    assertThat(shown.get("few")).containsExactly("one", "two");
  }

  @Test
  void allActionsTogetherHaveABound() {
    var all = new LinkedHashMap<String, List<String>>();
    for (var i = 0; i < 240; i++) {
      all.put("action-" + i, Collections.nCopies(40, "x".repeat(500)));
    }

    var shown = Previews.bounded(all);

    var length = shown.values().stream().flatMap(List::stream).mapToInt(String::length).sum();
    assertThat(length).isLessThan(135 * 1024);
    assertThat(shown).hasSize(240);
    assertThat(shown.get("action-0")).hasSize(40);
    assertThat(shown.get("action-239")).containsExactly("... and 40 more");
  }
}
