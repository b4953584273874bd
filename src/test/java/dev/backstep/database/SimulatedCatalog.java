package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds that every database has one function, and that altering it mends. */
public final class SimulatedCatalog {
  private SimulatedCatalog() {}

  private static CompletionStage<CatalogFound> found(CatalogKind kind) {
    var alteration = new Alteration(kind, Map.of(), "the object", "spoil", "mend", "another one");
    return CompletableFuture.completedStage(
        new CatalogFound(
            Optional.of(new Identity("simulated", 1)),
            List.of(alteration),
            List.of(),
            List.of(),
            List.of()));
  }

  /** The functions. */
  public static Functions functions() {
    return new Functions(null, null) {
      @Override
      public CompletionStage<CatalogFound> look(
          ReplaceFunctions action, Author author, String claim) {
        return found(CatalogKind.FUNCTION);
      }

      @Override
      public CompletionStage<List<Problem>> problems(ReplaceFunctions action, Author author) {
        return CompletableFuture.completedStage(List.of());
      }
    };
  }
}
