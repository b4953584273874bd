package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import java.time.Instant;

/**
 * What the operator tells the program that makes a backup: JSON in one environment variable.
 *
 * @param tag by which the operator finds what it says while it runs
 * @param database what is dumped
 * @param to where the dump goes
 * @param prefix what the names of its files begin with
 * @param at the time in its name: the same however often the program is started for it
 * @param retentionSeconds older ones are deleted; null: none is
 * @param timeoutSeconds how long it may take
 */
public record BackupTask(
    String tag,
    DumpDatabase database,
    Place to,
    String prefix,
    Instant at,
    Long retentionSeconds,
    long timeoutSeconds) {

  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_BACKUP";

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static BackupTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, BackupTask.class);
  }

  /** The name of the dump. */
  String file() {
    return FileNames.DUMP.file(prefix, at);
  }
}
