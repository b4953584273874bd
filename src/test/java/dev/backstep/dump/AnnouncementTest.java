package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How often a program says how far it is. */
class AnnouncementTest {
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Announcement announcement = new Announcement(said::add);

  @Test
  void whatIsNewIsSaidOnce() {
    announcement.say("copies");
    announcement.say("copies");
    announcement.say("checks");

    assertThat(said).containsExactly("copies", "checks");
  }

  @Test
  void whatChangesAllTheTimeIsSaidOnceASecond() {
    var begun = System.nanoTime();
    try (var watch = announcement.saying(() -> "part %d".formatted(System.nanoTime()))) {
      await().until(() -> said.size() > 1);
      assertThat(watch.thread().isShutdown()).isFalse();
    }

    var seconds = (System.nanoTime() - begun) / 1_000_000_000;
    assertThat(said).hasSizeBetween(2, (int) seconds);
  }
}
