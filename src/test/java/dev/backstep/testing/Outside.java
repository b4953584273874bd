package dev.backstep.testing;

import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Whoever is asked outside of the cluster: other people's databases and endpoints. */
public interface Outside {
  /**
   * Asks once.
   *
   * @param where such as {@code sql/orders-db/done} or {@code http/web/mend}
   * @param with all that is said
   * @param leaves asked right before the first byte leaves
   * @throws NotLeftException when it did not leave
   * @throws IOException when it did, and no answer came
   */
  Said ask(String where, Map<String, String> with, BooleanSupplier leaves) throws IOException;

  /** True when somebody is at the address that a replica had. */
  boolean reaches(String replica);

  /** What came back. */
  record Said(int status, String text) {}

  /** It was too late. */
  final class NotLeftException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
