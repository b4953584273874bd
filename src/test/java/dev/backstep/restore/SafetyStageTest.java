package dev.backstep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.IfDamaged;
import dev.backstep.api.v1alpha1.value.BackupTo;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.dump.FileBackup;
import dev.backstep.effect.Images;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What becomes of a restore when the present data cannot be backed up. */
class SafetyStageTest {
  private static final Work.Impossible DAMAGED =
      new Work.Impossible("DatabaseDamaged", "Database orders is damaged.");

  private static DbRestoreAction restore(IfDamaged ifDamaged) {
    return new DbRestoreAction(
        new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "shop.db", null)),
        null,
        null,
        new BackupTo(null, "before-", null),
        List.of(),
        ifDamaged);
  }

  /** What action backup says. */
  private record Copies(Work left) implements ActionExecutor<Backup> {
    @Override
    public Class<Backup> type() {
      return Backup.class;
    }

    @Override
    public CompletionStage<Step> next(Backup action, ActionScope scope) {
      return Step.of(left).now();
    }
  }

  private static Work left(Work ofCopy, IfDamaged ifDamaged) {
    var actions = new Actions(List.of(new Copies(ofCopy)));
    var stage = new SafetyStage(() -> actions, new Images(null, null));
    return Scopes.now(
            stage.left(
                new FileSeen(
                    restore(ifDamaged), Scopes.of(), Map.of(), false, false, false, false)))
        .work();
  }

  @Test
  void whatCannotBeDumpedIsNotReplaced() {
    assertThat(left(DAMAGED, IfDamaged.Fail))
        .isInstanceOfSatisfying(
            Work.Impossible.class,
            it -> {
              assertThat(it.reason()).isEqualTo("DatabaseDamaged");
              assertThat(it.message()).contains("Nothing was replaced", "ifDamaged: KeepOld");
            });
  }

  @Test
  void butForSomebodyWhoKeepsItAsTheOnlyCopy() {
    var work = left(DAMAGED, IfDamaged.KeepOld);

    assertThat(work.isSettled()).isTrue();
    assertThat(work.message()).contains("orders is damaged", "only copy");
  }

  @Test
  void whatMayBeBackedUpWhenSomethingIsMendedIsNoReason() {
    var full = new Work.Impossible("DiskFull", "The volume has no space left.");

    assertThat(left(full, IfDamaged.KeepOld)).isEqualTo(full);
  }

  @Test
  void aFileThatWasKeptByteForByteWasKept() {
    var kept = new Work.Impossible(FileBackup.KEPT_AS_FOUND, "It was kept byte for byte.");

    assertThat(left(kept, IfDamaged.Fail).isSettled()).isTrue();
  }
}
