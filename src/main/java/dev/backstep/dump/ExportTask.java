package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.http.DownloadWish;
import java.time.Instant;

/**
 * What the operator tells the program that keeps what an endpoint answers: JSON in one environment
 * variable.
 *
 * @param from who is asked
 * @param to where the answer goes
 * @param prefix what the names of its files begin with
 * @param at the time in its name: the same however often the program is started for it
 * @param retentionSeconds older ones are deleted; null: none is
 */
public record ExportTask(
    DownloadWish from, Place to, String prefix, Instant at, Long retentionSeconds) {

  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_EXPORT";

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static ExportTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, ExportTask.class);
  }

  /** The name of the file. */
  String file() {
    return FileNames.EXPORT.file(prefix, at);
  }
}
