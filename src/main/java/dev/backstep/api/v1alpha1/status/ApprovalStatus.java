package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/** The approval that a level wants, or that putting back one of its actions does. */
@RecordBuilder
public record ApprovalStatus(
    @JsonPropertyDescription("The level that wants to act.") String level,
    @JsonPropertyDescription(
            "What of the level is to be put back, where that replaces live data; absent: the level itself wants to act.")
        Undo undo,
    @JsonPropertyDescription(
            "Hash of what would be done; an Approval must name it, and is void when it changes.")
        String hash,
    @JsonPropertyDescription("How many people have to agree.") Integer wants,
    @JsonPropertyDescription("Who agreed so far.") List<Given> given,
    @JsonPropertyDescription("Approvals that do not count, and why.") List<String> ignored,
    @JsonPropertyDescription("Since when it waits.") Instant since,
    @JsonPropertyDescription("When it was last said that nobody answered.") Instant remindedAt,
    @JsonPropertyDescription("Grows with each rejection, so that old approvals do not count again.")
        Integer round,
    @JsonPropertyDescription(
            "Since when the level acts under it; absent: it has not begun to, or was interrupted, and the approval is looked at again before it goes on.")
        Instant usedAt)
    implements ApprovalStatusBuilder.With {

  /** Lists are never null. */
  public ApprovalStatus {
    given = given == null ? List.of() : given;
    ignored = ignored == null ? List.of() : ignored.stream().limit(10).toList();
  }

  /** An action that is to be put back. */
  public record Undo(
      @JsonPropertyDescription("Its name.") String action,
      @JsonPropertyDescription("What happens to what is live now.") String replaces) {}

  /** An approval that counts, or was used. */
  public record Given(
      @JsonPropertyDescription("metadata.uid of the Approval.") String uid,
      @JsonPropertyDescription("Who agreed.") String user) {}
}
