package dev.backstep.action.replacefunctions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.CatalogChange;
import dev.backstep.database.CatalogFound;
import dev.backstep.database.CatalogKind;
import dev.backstep.database.FoundCatalog;
import dev.backstep.database.Functions;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Where replacing functions stands, by what was found in the database. */
class ReplaceFunctionsExecutorTest {
  private static final ReplaceFunctions ACTION =
      new ReplaceFunctions(
          new Ref("notes-db"),
          List.of(
              new Function("public.send", null, "BEGIN END", null, null),
              new Function("public.tax", List.of("int"), "SELECT 1", null, "sql")));

  private static ReplaceFunctionsExecutor executor(CatalogFound found) {
    return new ReplaceFunctionsExecutor(
        new Functions(null, null) {
          @Override
          public CompletionStage<CatalogFound> look(
              ReplaceFunctions action, Author author, String claim) {
            return CompletableFuture.completedStage(found);
          }
        });
  }

  private static Step next(CatalogFound found) {
    return Scopes.now(executor(found).next(ACTION, Scopes.of()));
  }

  @Test
  void itIsAHoldThatNobodySees() {
    var traits = executor(null).traits(ACTION);

    assertThat(traits.hold()).isTrue();
    assertThat(traits.unseen()).isTrue();
    assertThat(executor(null).rights(ACTION, Scopes.of()))
        .containsExactly(new Right("get", "", "secrets", List.of("notes-db")));
  }

  @Test
  void oneTransactionIsLeft() {
    var effect = (CatalogChange) next(FoundCatalog.altering(CatalogKind.FUNCTION)).effects().get(0);

    assertThat(effect.summary())
        .isEqualTo("database notes-db: functions public.send, public.tax replaced");
    assertThat(effect.takes().original()).isEqualTo("functions as they were");
    assertThat(effect.alterations()).hasSize(1);
    assertThat(effect.notes()).containsExactly("more: stays");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertThat(next(FoundCatalog.wrong("No function.")).work())
        .isEqualTo(new Work.Impossible("Wrong", "No function."));
    assertThat(next(FoundCatalog.held("Another run holds it.")).work())
        .isEqualTo(new Work.Held("Another run holds it."));
  }

  @Test
  void aBodyIsPlpgsqlUnlessItSaysOtherwise() {
    assertThat(ACTION.functions())
        .extracting(Function::bodyLanguage)
        .containsExactly("plpgsql", "sql");
  }
}
