package dev.backstep.action.clearqueue;

import dev.backstep.api.v1alpha1.sync.SyncQueue;

/**
 * What is to be emptied.
 *
 * @param queue what the SyncControl says of it
 * @param maxItems with more in it nothing is done; null: whatever is in it goes
 */
record Wanted(SyncQueue queue, Integer maxItems) {
  /** True when so many are more than may go. */
  boolean tooMany(long items) {
    return maxItems != null && items > maxItems;
  }
}
