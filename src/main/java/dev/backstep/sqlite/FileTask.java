package dev.backstep.sqlite;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.database.swap.Names;
import java.util.List;

/**
 * What the operator tells the program that works at a file: JSON in one environment variable.
 *
 * @param step what it does
 * @param names what the files of the restore are called
 * @param folder where the volume of the live file is mounted
 * @param path of the live file there
 * @param verify what has to be true of the restored data
 */
public record FileTask(
    Step step, Names names, String folder, String path, List<RestoreCheck> verify) {
  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_FILE";

  public FileTask {
    verify = List.copyOf(verify);
  }

  /** What can be done at a file. */
  public enum Step {
    /** What was made beside the live file is verified. */
    Prove,
    /** It takes the place of the live file. */
    Swap,
    /** What is live now is verified. */
    Check,
    /** The data from before is put back. */
    PutBack,
    /** What was made beside and never went live is deleted. */
    Clear,
    /** The data from before is deleted. */
    Drop
  }

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static FileTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, FileTask.class);
  }
}
