package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Which functions a database has, how they would be, and what keeps them from being replaced. */
@ApplicationScoped
public class Functions {
  private static final Duration TRIAL = Duration.ofSeconds(5);

  private final DatabaseLooks looks;
  private final CatalogChanges changes;

  public Functions(DatabaseLooks looks, CatalogChanges changes) {
    this.looks = looks;
    this.changes = changes;
  }

  /**
   * What would be replaced; asked in the background.
   *
   * @param claim of the run that asks; null: there is none
   */
  public CompletionStage<CatalogFound> look(ReplaceFunctions action, Author author, String claim) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> found(action, session, claim),
        CatalogFound::nothing);
  }

  /**
   * What keeps it from being done; asked in the background. Replacing a function locks nothing but
   * that function's row, so it is tried, and rolled back.
   */
  public CompletionStage<List<Problem>> problems(ReplaceFunctions action, Author author) {
    return looks.later(() -> wrong(action, author));
  }

  private List<Problem> wrong(ReplaceFunctions action, Author author) {
    var databaseRef = action.databaseRef().name();
    var found =
        looks.look(
            databaseRef,
            author,
            session -> {
              Markers.check(session);
              return found(action, session, null);
            },
            CatalogFound::nothing);
    return found.problems().isEmpty()
        ? tried(found.change(databaseRef, TRIAL, "tried", null), author)
        : found.problems();
  }

  private List<Problem> tried(CatalogChange change, Author author) {
    return changes.problem(change, author).stream()
        .filter(problem -> !problem.reason().equals(MarkedTransactions.NOT_TRIED))
        .toList();
  }

  private static CatalogFound found(ReplaceFunctions action, Session session, String claim)
      throws SQLException {
    var replacements = new FunctionReplacements(session.connection(), session.name());
    for (var function : action.functions()) {
      replacements.add(function);
    }
    var holders = new HeldObjects(session.connection(), claim);
    List<String> held = new ArrayList<>();
    for (var alteration : replacements.alterations()) {
      holders.held(alteration).ifPresent(held::add);
    }
    return new CatalogFound(
        Optional.of(session.identity()),
        replacements.alterations(),
        List.of(),
        held,
        replacements.problems());
  }
}
