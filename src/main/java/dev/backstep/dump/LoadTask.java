package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.database.swap.Names;
import java.time.Instant;

/**
 * What the operator tells the program that loads a dump: JSON in one environment variable.
 *
 * @param names of the restore's databases; their tag is also that of what the program says
 * @param database the server; what its Secret names is not touched
 * @param side the empty database that is loaded
 * @param owner whom all that is restored belongs to
 * @param source which dump it is
 * @param timeoutSeconds how long it may take
 */
public record LoadTask(
    Names names,
    DumpDatabase database,
    String side,
    String owner,
    Source source,
    long timeoutSeconds) {

  /** The environment variable. */
  public static final String VARIABLE = "BACKSTEP_LOAD";

  /**
   * Which dump is wanted, and what has to be true of it.
   *
   * @param from where it is
   * @param path of the file or folder; null: the newest one with the prefix
   * @param prefix what the names of the backups begin with, of which the newest is taken; null: the
   *     path says which one
   * @param before only one that was made before this; null: the newest of all
   * @param sha256 what its bytes have; null: what its manifest says, where there is one
   * @param database of which it has to be; null: of any
   * @param notOlderThan it has to be made at this time or later; null: at any
   */
  public record Source(
      Place from,
      String path,
      String prefix,
      Instant before,
      String sha256,
      String database,
      Instant notOlderThan) {}

  /** As the program gets it. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a task has only texts and numbers", e);
    }
  }

  /** What the operator wrote. */
  static LoadTask of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, LoadTask.class);
  }
}
