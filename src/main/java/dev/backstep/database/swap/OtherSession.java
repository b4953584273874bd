package dev.backstep.database.swap;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Sessions of one user and application with a database, that are not the operator's.
 *
 * @param application as it calls itself; empty: it does not
 * @param address where it comes from; empty: the user of the Secret may not see it
 * @param count how many
 * @param endable false: the user of the Secret may not end it, because it is a superuser's
 */
public record OtherSession(
    String user, String application, Optional<String> address, int count, boolean endable) {
  /** True of the operator's own, and of its programs', with any of its Secrets. */
  boolean ours() {
    return application.startsWith("backstep");
  }

  static int count(List<OtherSession> sessions) {
    return sessions.stream().mapToInt(OtherSession::count).sum();
  }

  /** All of them, in a sentence. */
  public static String all(List<OtherSession> sessions) {
    return "%s."
        .formatted(sessions.stream().map(OtherSession::toString).collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return "%d of %s%s%s"
        .formatted(
            count,
            user,
            application.isEmpty() ? "" : " (%s)".formatted(application),
            address.map(" from %s"::formatted).orElse(""));
  }
}
