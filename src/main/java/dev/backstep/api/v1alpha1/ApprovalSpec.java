package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is decided, for exactly which actions, and by whom. */
@ValidationRule(
    value = "self.targetRef.kind != 'RollbackPlan' || has(self.level)",
    fieldPath = ".level",
    message = "level must say which level of the plan this is about")
public record ApprovalSpec(
    @Required @JsonPropertyDescription("The plan whose run, or the restore, that is decided about.")
        TargetRef targetRef,
    @Required
        @Size(min = 1, max = 60)
        @Pattern(Patterns.RUN_ID)
        @JsonPropertyDescription(
            "Id of the run: status.run.id of the plan; of a DbRestore its name.")
        String runId,
    @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription(
            "Name of the level. Required for a RollbackPlan; of a DbRestore: undo, to have the data from before put back, and absent for the restore itself.")
        String level,
    @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription(
            "Name of the manual gate or action of the level that is answered, or of the action that is to be put back where that replaces live data; absent: the level itself. Who asked for it may answer what is manual, but approves nothing else.")
        String item,
    @Required
        @Size(min = 1, max = 128)
        @Pattern(Patterns.HASH)
        @JsonPropertyDescription(
            "Hash of the resolved actions, as its status shows it. When the actions change, so does the hash, and this no longer counts.")
        String hash,
    @Required
        @JsonPropertyDescription(
            "Approve or Reject; one Reject outweighs any number of approvals. With item: Approve means done or green, Reject means not done or red.")
        Decision decision,
    @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
            "Who decides: the user name of whoever creates this object; the admission policy refuses any other.")
        String approver,
    @Size(max = 500) @JsonPropertyDescription("Anything worth keeping in the record.")
        String comment) {

  /** What an approval is about. */
  public record TargetRef(
      @Required @JsonPropertyDescription("RollbackPlan or DbRestore.") Kind kind,
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("Its name, in the same namespace.")
          String name,
      @Required
          @Size(min = 1, max = 63)
          @JsonPropertyDescription(
              "Its metadata.uid: an approval is not for an object of the same name that is created later.")
          String uid) {}

  /** Kinds that can be approved. */
  public enum Kind {
    RollbackPlan,
    DbRestore
  }

  /** The two things that can be said. */
  public enum Decision {
    Approve,
    Reject
  }
}
