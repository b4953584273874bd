package dev.backstep.leader;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;

/**
 * For how long a lease has been seen as it is. Measured here, from the first look on: the times in
 * a lease are those of its holder's clock, and two machines' clocks are never compared.
 */
final class Sighting {
  private String version = "";
  private long sinceNanos;

  /** For how long the lease has not changed, as far as it was looked at. */
  Duration unchanged(Lease lease, long nowNanos) {
    var seen = lease.getMetadata().getResourceVersion();
    if (!version.equals(seen)) {
      version = seen;
      sinceNanos = nowNanos;
    }
    return Duration.ofNanos(nowNanos - sinceNanos);
  }
}
