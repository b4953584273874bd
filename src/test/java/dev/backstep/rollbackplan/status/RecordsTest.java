package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.journal.Journal;
import org.junit.jupiter.api.Test;

/** What is kept for later, and what could not be. */
class RecordsTest {
  private static String journal(Journal.State state) {
    return Said.text(Said.plan().by(new Records((uid, steps) -> state)), "JournalWritten");
  }

  @Test
  void theJournalIsSaidToBeWrittenOrNot() {
    assertThat(journal(Journal.State.WRITTEN)).startsWith("True UpToDate:");
    assertThat(journal(Journal.State.WRITING)).startsWith("Unknown Writing:");
    assertThat(journal(Journal.State.FAILING)).startsWith("False JournalUnavailable:");
    assertThat(journal(Journal.State.NONE)).isEqualTo("not said");
  }

  @Test
  void aStateThatCannotBeRememberedIsSaid() {
    var candidate = new StableCandidate("h", Said.NOW, "It is larger than 1 MiB.");
    var status = RollbackPlanStatusBuilder.builder().stableCandidate(candidate).build();
    var records = new Records((uid, steps) -> Journal.State.NONE);

    assertThat(Said.text(Said.plan().status(status).by(records), "StableRecorded"))
        .isEqualTo("False StableTooLarge: It is larger than 1 MiB.");
  }
}
