package dev.backstep.database.swap;

import dev.backstep.cluster.Hashes;
import java.nio.charset.StandardCharsets;

/**
 * What the databases of one restore are called, after the one that is restored. Nobody else has a
 * database of such a name.
 *
 * @param tag 8 hexadecimal digits for the run and the action
 * @param attempt of loading, from 1: a late loader of an earlier one does not find this one
 */
public record Names(String tag, int attempt) {
  /** What PostgreSQL keeps of a name, in bytes. */
  private static final int LONGEST = 63;

  private static final int TAG = 8;

  /** The names for an action of the run with this claim. */
  public static Names of(String claim, String action, int attempt) {
    return new Names(Hashes.of(claim, action).substring(0, TAG), attempt);
  }

  /** The one that is loaded, until it is live. */
  public String side(String live) {
    return prefix(live) + attempt;
  }

  /** The one that was live before the swap. */
  public String old(String live) {
    return prefix(live) + "old";
  }

  /** The one that a swap back took out of service. */
  public String undone(String live) {
    return prefix(live) + "undone";
  }

  /** What the names of all databases of this restore begin with, of all attempts. */
  public String prefix(String live) {
    return "%s_bs%s_".formatted(live, tag);
  }

  /** False when PostgreSQL would cut one of the names off. */
  public boolean fit(String live) {
    return undone(live).getBytes(StandardCharsets.UTF_8).length <= LONGEST;
  }

  /** How many bytes a name may have from which these are made. */
  public static int longestLive() {
    return LONGEST - new Names("0".repeat(TAG), 1).undone("").length();
  }
}
