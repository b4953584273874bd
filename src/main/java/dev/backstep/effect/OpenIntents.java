package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.memory.Recent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process knows of intents whose outcome is not recorded yet. Those that are forgotten
 * too early are closed by looking at their targets.
 */
final class OpenIntents {
  private static final int REMEMBERED = 10_000;

  private final Recent<String, Progress> progress = new Recent<>(REMEMBERED);

  /** How those of their effects ended of which it is known, by index. */
  private final Recent<String, Map<Integer, Outcome>> ended = new Recent<>(REMEMBERED);

  /** How often in a row it could not be found out how they ended. */
  private final Recent<String, Integer> inVain = new Recent<>(REMEMBERED);

  /** How far the effects of an intent are. */
  Progress progress(String object, Intent intent) {
    return progress.get(key(object, intent)).orElseGet(Progress.None::new);
  }

  /** So far they are. */
  void put(String object, Intent intent, Progress now) {
    progress.put(key(object, intent), now);
  }

  /** How its effects ended, by index; what is put there is known from then on. */
  Map<Integer, Outcome> ended(String object, Intent intent) {
    return ended
        .get(key(object, intent))
        .orElseGet(() -> ended(object, intent, new ConcurrentHashMap<>()));
  }

  /** So these of its effects ended, as far as it is recorded. */
  Map<Integer, Outcome> ended(String object, Intent intent, Map<Integer, Outcome> recorded) {
    var known = new ConcurrentHashMap<>(recorded);
    ended.put(key(object, intent), known);
    return known;
  }

  /** Counts that it could not be found out how they ended, and says how often that was so. */
  int inVain(String object, Intent intent) {
    var times = inVain.get(key(object, intent)).orElse(0) + 1;
    inVain.put(key(object, intent), times);
    return times;
  }

  /** Forgets an intent. */
  void forget(String object, Intent intent) {
    inVain.remove(key(object, intent));
    progress.remove(key(object, intent));
    ended.remove(key(object, intent));
  }

  /** Objects of one name in two namespaces have the same marks for runs of one id. */
  private static String key(String object, Intent intent) {
    return "%s %s".formatted(object, intent.mark());
  }
}
