package dev.backstep.database;

import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What executors may be told of a database, without one. */
public final class FoundCatalog {
  private static final Identity DATABASE = new Identity("one", 1);

  private FoundCatalog() {}

  /** One object, which is to be altered. */
  public static CatalogFound altering(CatalogKind kind) {
    var alteration = new Alteration(kind, Map.of(), "it", "as it is", "another", "it: another");
    return new CatalogFound(
        Optional.of(DATABASE), List.of(alteration), List.of("more: stays"), List.of(), List.of());
  }

  /** Everything is so already. */
  public static CatalogFound asWanted() {
    return new CatalogFound(
        Optional.of(DATABASE), List.of(), List.of("it: off already"), List.of(), List.of());
  }

  /** It cannot be done. */
  public static CatalogFound wrong(String... messages) {
    var problems =
        List.of(messages).stream().map(message -> new Problem("Wrong", message)).toList();
    return new CatalogFound(Optional.of(DATABASE), List.of(), List.of(), List.of(), problems);
  }

  /** Another run holds it. */
  public static CatalogFound held(String message) {
    return new CatalogFound(
        Optional.of(DATABASE), List.of(), List.of(), List.of(message), List.of());
  }

  /** The database does not answer. */
  public static CatalogFound silence(String message) {
    return CatalogFound.nothing(new Problem("DatabaseDoesNotAnswer", message));
  }
}
