package dev.backstep.resync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import java.util.List;

/**
 * What the operator tells the program that copies: JSON in one environment variable.
 *
 * @param id the same for all Jobs that go on with the same re-sync
 * @param job who copies now
 * @param namespace of both Secrets
 * @param sqlite the file that is copied from; null: {@code source} says where from
 * @param source the PostgreSQL that is copied from; null: a SQLite file is
 * @param target the PostgreSQL that is copied to
 * @param tables what is copied
 * @param batchSize rows in one transaction
 * @param timeoutSeconds how long one statement may take at most
 */
public record ResyncTask(
    String id,
    String job,
    String namespace,
    String sqlite,
    Database source,
    Database target,
    List<Table> tables,
    int batchSize,
    long timeoutSeconds) {

  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_RESYNC";

  /**
   * A database.
   *
   * @param secret name of its Secret
   * @param folder where that is mounted
   */
  public record Database(String secret, String folder) {}

  /**
   * A table.
   *
   * @param name as SQL knows it, perhaps with its schema
   * @param key the columns that say which row it is
   */
  public record Table(String name, List<String> key) {}

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static ResyncTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, ResyncTask.class);
  }
}
