package dev.backstep.synccontrol.gather;

import java.time.Duration;
import java.time.Instant;

/** A deliberate mistake: what was found off is not read back any more. */
public class ForgetfulLookTimes extends LookTimes {
  private static final Duration READ_BACK = Duration.ofSeconds(30);

  @Override
  void looked(
      String uid, String means, String state, long newsBefore, Instant now, Duration again) {
    super.looked(
        uid, means, state, newsBefore, now, again.equals(READ_BACK) ? Duration.ofDays(1) : again);
  }
}
