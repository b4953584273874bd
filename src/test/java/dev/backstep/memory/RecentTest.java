package dev.backstep.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentTest {
  private final Recent<String, String> recent = new Recent<>(10);

  @Test
  void forgetsFirstWhatWasNotUsedForLongest() {
    // given
    recent.put("a", "A", 4);
    recent.put("b", "B", 4);
    recent.get("a");

    // when
    recent.put("c", "C", 4);

    // then
    assertThat(recent.get("a")).contains("A");
    assertThat(recent.get("b")).isEmpty();
    assertThat(recent.get("c")).contains("C");
  }

  @Test
  void countsWhatIsReplacedOrRemovedNoMore() {
    // given
    recent.put("a", "A", 6);
    recent.put("a", "A", 6);
    recent.put("b", "B", 4);

    // when
    recent.remove("a");
    recent.put("c", "C", 6);

    // then
    assertThat(recent.get("b")).contains("B");
    assertThat(recent.get("c")).contains("C");
  }

  @Test
  void doesNotRememberWhatIsTooHeavyAlone() {
    // given
    recent.put("a", "A", 4);

    // when
    recent.put("b", "B", 11);

    // then
    assertThat(recent.get("a")).contains("A");
    assertThat(recent.get("b")).isEmpty();
  }
}
