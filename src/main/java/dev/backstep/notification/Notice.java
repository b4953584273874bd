package dev.backstep.notification;

import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.api.v1alpha1.value.Notification;
import java.time.Instant;
import java.util.List;

/**
 * One piece of news. It has no content but what the object's status says, so any process can make
 * it again.
 *
 * @param run id of the run it is about; null: of none
 * @param claim what {@code seq} counts in
 * @param seq grows within the claim
 * @param at when it happened
 * @param phase where the object stands since then
 * @param stage how far the run was, such as the level; null: nowhere in particular
 * @param reason why, in one word
 * @param message what happened, in a sentence
 */
public record Notice(
    Notification.Event event,
    String run,
    String claim,
    long seq,
    Instant at,
    String phase,
    String stage,
    String reason,
    String message) {

  /** What is left of these after what was told. */
  static List<Notice> after(Told told, List<Notice> notices) {
    var next = 0;
    for (var i = 0; i < notices.size(); i++) {
      var notice = notices.get(i);
      if (notice.claim().equals(told.claim()) && notice.seq() <= told.seq()) {
        next = i + 1;
      }
    }
    return notices.subList(next, notices.size());
  }

  /** That everything up to this one was told. */
  Told told(String name) {
    return new Told(name, claim, seq);
  }
}
