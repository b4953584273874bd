package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Map;

/**
 * What is in a copy of a SQLite file.
 *
 * @param sha256 of its bytes
 * @param bytes its size
 * @param rows how many are in it, by table
 */
record FileContent(String sha256, long bytes, Map<String, Long> rows) {
  /**
   * Reads a draft from where it was stored, to its end.
   *
   * @throws ProblemException when it is not this
   */
  void checkStored(Store store, String name) throws IOException, ProblemException {
    try (var stored = store.readDraft(name)) {
      if (!sum(stored).equals(sha256)) {
        throw new ProblemException(
            new Problem(
                "BackupNotReadBack",
                "What was stored as %s in %s is not what was sent: it has another sha256. No backup was made. See whether the volume or the store is in order."
                    .formatted(name, store.name())));
      }
    }
  }

  /** The SHA-256 of all of it. */
  static String sum(InputStream content) throws IOException {
    var digested = new DigestInputStream(content, Content.digest());
    digested.transferTo(OutputStream.nullOutputStream());
    return HexFormat.of().formatHex(digested.getMessageDigest().digest());
  }
}
