package dev.backstep.action.disabletriggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.CatalogChange;
import dev.backstep.database.CatalogFound;
import dev.backstep.database.CatalogKind;
import dev.backstep.database.FoundCatalog;
import dev.backstep.database.Triggers;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Where turning triggers off stands, by what was found in the database. */
class DisableTriggersExecutorTest {
  private static final DisableTriggers ACTION =
      new DisableTriggers(
          new Ref("notes-db"), List.of("notes", "shop.mails"), DisableTriggers.Triggers.User);

  private static DisableTriggersExecutor executor(CatalogFound found) {
    return new DisableTriggersExecutor(
        new Triggers(null) {
          @Override
          public CompletionStage<CatalogFound> look(
              DisableTriggers action, Author author, String claim) {
            assertThat(claim).isEqualTo("bs-run-1");
            return CompletableFuture.completedStage(found);
          }
        });
  }

  private static Step next(CatalogFound found, ActionScope scope) {
    return Scopes.now(executor(found).next(ACTION, scope));
  }

  @Test
  void itIsAHoldThatNobodySees() {
    var traits = executor(null).traits(ACTION);

    assertThat(traits.hold()).isTrue();
    assertThat(traits.unseen()).isTrue();
    assertThat(traits.destructive()).isFalse();
    assertThat(executor(null).rights(ACTION, Scopes.of()))
        .containsExactly(new Right("get", "", "secrets", List.of("notes-db")));
  }

  @Test
  void oneTransactionIsLeft() {
    var step = next(FoundCatalog.altering(CatalogKind.TRIGGER), Scopes.of());

    assertThat(step.effects()).hasSize(1);
    var effect = (CatalogChange) step.effects().get(0);
    assertThat(effect.summary()).isEqualTo("database notes-db: triggers of notes, shop.mails off");
    assertThat(effect.statementTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(effect.takes().target()).isEqualTo("database notes-db");
    assertThat(effect.takes().held()).isEqualTo("triggers of notes, shop.mails off");
  }

  @Test
  void whatWasAppliedIsDone() {
    assertThat(next(null, Scopes.of().of(1, List.of(applied()))).work().isSettled()).isTrue();
    assertThat(
            next(FoundCatalog.altering(CatalogKind.TRIGGER), Scopes.of().of(2, List.of(applied())))
                .effects())
        .hasSize(1);
  }

  private static EffectStatus applied() {
    return EffectStatusBuilder.builder()
        .verb(Intent.Verb.Apply)
        .number(1)
        .attempt(1)
        .targets(1)
        .results(List.of(new EffectResult(0, "database notes-db", How.Applied, "1 altered", null)))
        .build();
  }

  /** Only a SyncControl asks once it is off; it says so only then. */
  @Test
  void whatSomebodyTurnedOnMeanwhileIsTurnedOffAgain() {
    var off = Scopes.of().with().readsBack(true).sent(List.of(applied())).build();

    var again = next(FoundCatalog.altering(CatalogKind.TRIGGER), off);
    assertThat(again.effects()).hasSize(1);
    assertThat(((Work.ToDo) again.work()).changedBack()).isPositive();
    assertThat(again.work().message()).contains("were turned on by somebody else");
    assertThat(next(FoundCatalog.asWanted(), off).work().isSettled()).isTrue();
    assertThat(next(FoundCatalog.silence("It is away."), off).work())
        .isInstanceOf(Work.Rolling.class);
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsAskedAgain() {
    assertThat(next(FoundCatalog.silence("It is away."), Scopes.of()).work())
        .isEqualTo(new Work.Rolling("It is away.", Duration.ofSeconds(5)));
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertThat(next(FoundCatalog.wrong("No table.", "No right."), Scopes.of()).work())
        .isEqualTo(new Work.Impossible("Wrong", "No table. No right."));
  }

  @Test
  void whatAnotherRunHoldsIsLeft() {
    assertThat(next(FoundCatalog.held("Another run holds it."), Scopes.of()).work())
        .isEqualTo(new Work.Held("Another run holds it."));
  }
}
