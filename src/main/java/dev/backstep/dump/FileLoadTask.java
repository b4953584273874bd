package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.database.swap.Names;

/**
 * What the operator tells the program that loads a backup of a SQLite file: JSON in one environment
 * variable.
 *
 * @param names of the restore's files
 * @param folder where the volume of the live file is mounted
 * @param path of the live file there, which is not touched
 * @param source which backup it is
 */
public record FileLoadTask(Names names, String folder, String path, LoadTask.Source source) {
  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_FILE_LOAD";

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static FileLoadTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, FileLoadTask.class);
  }
}
