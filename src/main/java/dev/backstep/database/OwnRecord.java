package dev.backstep.database;

import dev.backstep.problem.Problem;
import java.util.Optional;

/**
 * Schema {@code backstep} of a user's database, in which Backstep keeps what it did there: what is
 * given back is known from it, so nobody may have it changed.
 */
public final class OwnRecord {
  private static final String SCHEMA = "backstep.";

  private OwnRecord() {}

  /**
   * Why a table cannot be meant; empty: it is none of the record.
   *
   * @param table its name in the catalogue, with its schema
   */
  public static Optional<Problem> problem(String table) {
    return table.startsWith(SCHEMA)
        ? Optional.of(
            new Problem(
                "TableOfBackstep",
                "Table %s is Backstep's own record of the database: what is to be given back would not be known any more. Name a table of the application."
                    .formatted(table)))
        : Optional.empty();
  }
}
