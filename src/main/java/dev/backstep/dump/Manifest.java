package dev.backstep.dump;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What stands beside a dump once all of it was read back: a dump without it is no backup.
 *
 * @param file name of the dump
 * @param sha256 of its bytes, in hexadecimal digits
 * @param bytes its size
 * @param database name of the database; null: it is an export
 * @param system identifier of the server's cluster; null: the user may not read it
 * @param oid of the database; 0: it is an export
 * @param server version of the server; of an export, who was asked
 * @param pgDump version of the program; null: it is an export
 * @param started before the dump's moment
 * @param ended after it
 * @param rows how many are in it, by table; of an export, as {@code entries}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Manifest(
    String file,
    String sha256,
    long bytes,
    String database,
    String system,
    long oid,
    String server,
    String pgDump,
    Instant started,
    Instant ended,
    Map<String, Long> rows) {

  byte[] json() {
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest has only texts, numbers and times", e);
    }
  }

  /**
   * What a manifest in a store says; empty: there is none of this name.
   *
   * @throws ProblemException when the file is none
   */
  static Optional<Manifest> in(Store store, String name) throws IOException, ProblemException {
    var content = store.read(name);
    return content.isEmpty() ? Optional.empty() : Optional.of(of(name, content.get()));
  }

  /**
   * What a manifest says.
   *
   * @param name of its file, for people
   * @throws ProblemException when it is none
   */
  static Manifest of(String name, byte[] json) throws ProblemException {
    try {
      var manifest = Json.MAPPER.readValue(json, Manifest.class);
      if (manifest.sha256 != null && manifest.started != null && manifest.ended != null) {
        return manifest;
      }
    } catch (IOException e) {
      // It is as good as one without what has to be in it.
    }
    throw new ProblemException(
        new Problem(
            "ManifestDamaged",
            "File %s is no manifest of a backup: %s Name the dump by its path and its sha256, or take another one."
                .formatted(name, beginning(json))));
  }

  private static String beginning(byte[] json) {
    var text = new String(json, 0, Math.min(json.length, 60), StandardCharsets.UTF_8).strip();
    return json.length == 0
        ? "it is empty."
        : "it begins with \"%s\".".formatted(text.replaceAll("\\p{Cntrl}", " "));
  }

  long allRows() {
    return rows == null ? 0 : rows.values().stream().mapToLong(Long::longValue).sum();
  }
}
