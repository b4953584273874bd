package dev.backstep.journal;

import dev.backstep.api.JournalEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What waits to be written into the journal: of each object once, the newest. */
final class WaitingRows {
  private final Map<String, Rows> byObject = new LinkedHashMap<>();

  /** What is to be written of an object, and what to call afterwards. */
  record Rows(ObjectId object, List<? extends JournalEntry> transitions, Runnable whenDone) {}

  synchronized void add(Rows rows) {
    byObject.put(rows.object().uid(), rows);
  }

  synchronized Optional<Rows> first() {
    return byObject.values().stream().findFirst();
  }

  synchronized List<Rows> all() {
    return List.copyOf(byObject.values());
  }

  /** Nothing newer came meanwhile, or that stays. */
  synchronized void written(Rows rows) {
    byObject.remove(rows.object().uid(), rows);
  }

  synchronized void forget(String uid) {
    byObject.remove(uid);
  }

  synchronized int count() {
    return byObject.size();
  }
}
