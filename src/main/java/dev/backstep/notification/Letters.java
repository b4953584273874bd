package dev.backstep.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.text.Sentences;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is written to people. */
final class Letters {
  private Letters() {}

  /** The body of the format Generic; its members are a part of the API. */
  private record Generic(
      String id,
      Notification.Event event,
      String kind,
      String namespace,
      String name,
      String run,
      Instant at,
      String phase,
      String stage,
      String reason,
      String text) {}

  /** The same for the same news, whoever sends it. */
  static String id(News news, Notice notice) {
    return "%s/%s/%d".formatted(news.uid(), notice.claim(), notice.seq());
  }

  /** The body that tells of this. */
  static String body(News news, Notification to, Notice notice) {
    return switch (to.format()) {
      case Generic -> json(generic(news, notice));
      case Slack -> json(Map.of("text", escaped(text(news, notice))));
    };
  }

  private static Generic generic(News news, Notice notice) {
    var metadata = news.about().getMetadata();
    return new Generic(
        id(news, notice),
        notice.event(),
        news.about().getKind(),
        metadata.getNamespace(),
        metadata.getName(),
        notice.run(),
        notice.at(),
        notice.phase(),
        notice.stage(),
        notice.reason(),
        text(news, notice));
  }

  /** One text that says all, because it is read on a phone. */
  private static String text(News news, Notice notice) {
    var metadata = news.about().getMetadata();
    return "%s %s/%s%s %s. %s%s"
        .formatted(
            news.about().getKind(),
            metadata.getNamespace(),
            metadata.getName(),
            Optional.ofNullable(notice.run()).map(", run %s,"::formatted).orElse(""),
            what(notice),
            Sentences.of(notice.message()),
            wantsSomebody(notice) ? look(news) : "");
  }

  private static boolean wantsSomebody(Notice notice) {
    return notice.event() == Notification.Event.ApprovalWanted
        || notice.event() == Notification.Event.AnswerWanted;
  }

  /** The conditions have the commands, with everything filled in. */
  private static String look(News news) {
    var metadata = news.about().getMetadata();
    return " What to do now: kubectl -n %s describe %s %s"
        .formatted(
            metadata.getNamespace(),
            news.about().getKind().toLowerCase(Locale.ROOT),
            metadata.getName());
  }

  private static String what(Notice notice) {
    return switch (notice.event()) {
      case Started -> "began";
      case LevelReached -> "reached level %s".formatted(notice.stage());
      case ApprovalWanted -> "waits for an approval of level %s".formatted(notice.stage());
      case AnswerWanted -> "asks a question";
      case ObjectiveMissed -> "did not keep a promise";
      case Ended -> "is %s".formatted(notice.phase());
      case QueueUnhealthy -> "has too much in its queue";
      case SyncStale -> "has not synced as it should";
    };
  }

  /** Slack takes these three for its own. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String json(Object body) {
    try {
      return Json.MAPPER.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
