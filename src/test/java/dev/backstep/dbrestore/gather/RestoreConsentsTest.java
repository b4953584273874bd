package dev.backstep.dbrestore.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.DbRestoreSpecBuilder;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who may agree to what a restore does. */
class RestoreConsentsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final DbRestore restore = restore();

  private static DbRestore restore() {
    var restore = new DbRestore();
    restore.getMetadata().setUid("u-1");
    restore.setSpec(
        DbRestoreSpecBuilder.builder()
            .requestedBy("alice")
            .state(DbRestoreSpec.State.Undone)
            .stateBy("carol")
            .build());
    return restore;
  }

  private static ApprovalStatus asked(String level) {
    return ApprovalStatusBuilder.builder().level(level).hash("hash").build();
  }

  @Test
  void whoAskedForTheRestoreDoesNotApproveIt() {
    var question = RestoreConsents.question(restore, restore.getSpec(), asked("restore"), NOON);

    assertThat(question.requester()).isEqualTo("alice");
  }

  /** Two people look before what was replaced comes back: neither of those who wanted either. */
  @Test
  void norDoesWhoeverAskedForTheRestoreOrForItsUndoApproveThat() {
    var question = RestoreConsents.question(restore, restore.getSpec(), asked("undo"), NOON);

    assertThat(question.requester()).isEqualTo("carol");
    assertThat(question.others()).containsExactly("alice");
  }
}
