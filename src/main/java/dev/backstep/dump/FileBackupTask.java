package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import java.time.Instant;

/**
 * What the operator tells the program that backs up a SQLite file: JSON in one environment
 * variable.
 *
 * @param folder where the volume of the file is mounted
 * @param path of the file there
 * @param to where the copy goes
 * @param prefix what the names of its files begin with
 * @param at the time in its name: the same however often the program is started for it
 * @param retentionSeconds older ones are deleted; null: none is
 */
public record FileBackupTask(
    String folder, String path, Place to, String prefix, Instant at, Long retentionSeconds) {
  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_FILE_BACKUP";

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static FileBackupTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, FileBackupTask.class);
  }

  /** The name of the copy. */
  String file() {
    return FileNames.COPY.file(prefix, at);
  }

  /** The name of what a damaged file is kept as. */
  String asFound() {
    return FileNames.AS_FOUND.file(prefix, at);
  }
}
