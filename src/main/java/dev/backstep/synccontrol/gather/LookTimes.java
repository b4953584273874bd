package dev.backstep.synccontrol.gather;

import dev.backstep.memory.PerObjectState;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When the means of SyncControls are looked at again: when it is time, when their state is another
 * one, and soon after there was news of them. May be forgotten: they are looked at once more then.
 */
@ApplicationScoped
public class LookTimes implements PerObjectState {
  /** A roll-out is many changes: not each of them is a look. */
  private static final Duration GAP = Duration.ofMillis(500);

  /** By uid and name of the means. */
  private final Map<String, Map<String, Due>> due = new ConcurrentHashMap<>();

  private final Map<String, Map<String, Long>> news = new ConcurrentHashMap<>();

  /**
   * When a means is to be looked at again.
   *
   * @param state that this is about; in another one it is looked at once more
   * @param news how much there was of it when the look began
   * @param after not before this time, if there is news
   * @param at at the latest
   */
  private record Due(String state, long news, Instant after, Instant at) {
    Instant time(long newsNow) {
      return newsNow != news && after.isBefore(at) ? after : at;
    }
  }

  /** Something of a means changed. */
  void news(String uid, String means) {
    news.computeIfAbsent(uid, it -> new ConcurrentHashMap<>()).merge(means, 1L, Long::sum);
  }

  /** How much news there was of a means. */
  long newsOf(String uid, String means) {
    return news.getOrDefault(uid, Map.of()).getOrDefault(means, 0L);
  }

  boolean isDue(String uid, String means, String state, Instant now) {
    var known = due.getOrDefault(uid, Map.of()).get(means);
    return known == null
        || !known.state().equals(state)
        || !now.isBefore(known.time(newsOf(uid, means)));
  }

  /**
   * It was looked at.
   *
   * @param newsBefore how much news there was when the look began
   * @param again after how long it is looked at again, whatever happens
   */
  void looked(
      String uid, String means, String state, long newsBefore, Instant now, Duration again) {
    put(uid, means, new Due(state, newsBefore, now.plus(GAP), now.plus(again)));
  }

  /** It is left alone until then, whatever news there is. */
  void rests(String uid, String means, String state, Instant until) {
    put(uid, means, new Due(state, newsOf(uid, means), until, until));
  }

  private void put(String uid, String means, Due next) {
    due.computeIfAbsent(uid, it -> new ConcurrentHashMap<>()).put(means, next);
  }

  /**
   * When the next means is due; empty: none is. One that is due already is being looked at, or was
   * left out because it is not its turn; it must not hide another one.
   */
  Optional<Instant> next(String uid, Instant now) {
    return due.getOrDefault(uid, Map.of()).entrySet().stream()
        .map(it -> it.getValue().time(newsOf(uid, it.getKey())))
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }

  @Override
  public void forget(String uid) {
    due.remove(uid);
    news.remove(uid);
  }
}
