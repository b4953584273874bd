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
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.swap.Databases;
import dev.backstep.database.swap.Names;
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

  private static final DatabaseTarget SERVER = new DatabaseTarget(new Ref("orders-db"), null);
  private static final DatabaseTarget FILE =
      new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "shop.db", null));

  private static DbRestoreAction restore(DatabaseTarget target, IfDamaged ifDamaged) {
    return new DbRestoreAction(
        target, null, null, new BackupTo(null, "before-", null), List.of(), ifDamaged);
  }

  private static Seen onServer(IfDamaged ifDamaged) {
    var names = Names.of("bs-run-1", "back", 1);
    return new Situation(
        restore(SERVER, ifDamaged),
        Scopes.of(),
        names,
        new Databases(null, "orders", names, List.of()));
  }

  private static Seen inFile(IfDamaged ifDamaged) {
    return new FileSeen(
        restore(FILE, ifDamaged), Scopes.of(), Map.of(), false, false, false, false);
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

  private static Work left(Work ofCopy, Seen seen) {
    var actions = new Actions(List.of(new Copies(ofCopy)));
    var stage = new SafetyStage(() -> actions, new Images(null, null));
    return Scopes.now(stage.left(seen)).work();
  }

  @Test
  void whatCannotBeDumpedIsNotReplaced() {
    assertThat(left(DAMAGED, onServer(IfDamaged.Fail)))
        .isInstanceOfSatisfying(
            Work.Impossible.class,
            it -> {
              assertThat(it.reason()).isEqualTo("DatabaseDamaged");
              assertThat(it.message()).contains("Nothing was replaced", "ifDamaged: KeepOld");
            });
  }

  @Test
  void butForSomebodyWhoKeepsItAsTheOnlyCopy() {
    var work = left(DAMAGED, onServer(IfDamaged.KeepOld));

    assertThat(work.isSettled()).isTrue();
    assertThat(work.message()).contains("orders is damaged", "only copy");
  }

  @Test
  void whatMayBeBackedUpWhenSomethingIsMendedIsNoReason() {
    var full = new Work.Impossible("DiskFull", "The volume has no space left.");

    assertThat(left(full, onServer(IfDamaged.KeepOld))).isEqualTo(full);
  }

  @Test
  void aFileThatWasKeptByteForByteWasKept() {
    var kept = new Work.Impossible(FileBackup.KEPT_AS_FOUND, "It was kept byte for byte.");

    assertThat(left(kept, inFile(IfDamaged.Fail)).isSettled()).isTrue();
  }

  /** Its copy has all bytes of it, damaged or not. */
  @Test
  void aFileIsNeverTheOnlyCopyOfItself() {
    assertThat(onServer(IfDamaged.KeepOld).outcome()).contains("there is no other copy of it");
    assertThat(inFile(IfDamaged.KeepOld).outcome()).doesNotContain("no other copy");
  }
}
