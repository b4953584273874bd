package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.restore.IfDamaged;
import dev.backstep.api.v1alpha1.restore.Quiesce;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.restore.RestoreSource;
import dev.backstep.api.v1alpha1.value.BackupTo;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/** One restore of one database; who wants another one creates another object. */
@ValidationRule(
    value = "duration(self.timeout) >= duration('1m') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "the timeout of a restore must be between 1m and 24h")
@ValidationRule(
    value = "self.mode == 'Drill' || has(self.safetyBackup)",
    fieldPath = ".safetyBackup",
    message = "safetyBackup must say where the present data goes before it is replaced")
@ValidationRule(
    value = "self.state in ['Running', 'Suspended'] || has(self.stateBy)",
    fieldPath = ".stateBy",
    message = "stateBy must say who asks for this state")
@ValidationRule(
    value =
        """
        oldSelf.serviceAccountName == self.serviceAccountName && oldSelf.reason == self.reason && \
        oldSelf.requestedBy == self.requestedBy && oldSelf.mode == self.mode && \
        oldSelf.target == self.target && oldSelf.source == self.source && \
        has(oldSelf.safetyBackup) == has(self.safetyBackup) && \
        (!has(self.safetyBackup) || oldSelf.safetyBackup == self.safetyBackup) && oldSelf.verify == self.verify && \
        oldSelf.keepOld == self.keepOld && oldSelf.timeout == self.timeout && \
        has(oldSelf.quiesce) == has(self.quiesce) && \
        (!has(self.quiesce) || oldSelf.quiesce == self.quiesce) && \
        has(oldSelf.approval) == has(self.approval) && \
        (!has(self.approval) || oldSelf.approval == self.approval)\
        """,
    message =
        "a restore cannot be changed: only state and stateBy may change. Create another DbRestore for another restore")
@ValidationRule(
    value =
        """
        oldSelf.state == self.state || oldSelf.state == 'Suspended' || \
        (oldSelf.state == 'Running' && self.state != 'Suspended') || \
        (oldSelf.state == 'Aborted' && self.state == 'Undone')\
        """,
    fieldPath = ".state",
    message =
        "from Suspended a restore goes to any state, from Running to Aborted or Undone, from Aborted to Undone")
@RecordBuilder
public record DbRestoreSpec(
    @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription(
            "ServiceAccount in the same namespace. Every write to anything that is not Backstep's own, and every read of a Secret, is made as this ServiceAccount: its RBAC decides what the restore may do.")
        String serviceAccountName,
    @Required
        @Size(min = 10, max = 500)
        @JsonPropertyDescription("Why: what is broken, since when. It is kept in the record.")
        String reason,
    @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Who asks for the restore.")
        String requestedBy,
    @Default("Execute")
        @JsonPropertyDescription(
            "Execute; Drill: restores aside, verifies, measures and drops it again: the live data is not touched, and nobody has to approve.")
        Mode mode,
    @Default("Running")
        @JsonPropertyDescription(
            "Suspended: it is not begun; Running; Aborted: stop, and give back what is kept off; once the data is being replaced, that comes to its end first. Undone: the data from before is put back, as long as it is kept.")
        State state,
    @Size(min = 1, max = 253) @JsonPropertyDescription("Who asks for the state.") String stateBy,
    @Required
        @JsonPropertyDescription(
            "The database that is replaced. Of a PostgreSQL, the Secret's user may create databases, and is a member of the role that owns this one.")
        DatabaseTarget target,
    @Required @JsonPropertyDescription("The backup that comes back.") RestoreSource source,
    @JsonPropertyDescription(
            "Who writes to the database; kept off from before the safety backup until the data was replaced.")
        Quiesce quiesce,
    @JsonPropertyDescription(
            "Where the present data goes before it is replaced; without a verified copy nothing is replaced. Required, unless it is a drill.")
        BackupTo safetyBackup,
    @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription("What has to be true of the restored data.")
        List<RestoreCheck> verify,
    @Default("72h")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "For how long the data from before is kept beside, so that it can be undone; then it is dropped.")
        String keepOld,
    @JsonPropertyDescription("Who has to agree before the live data is replaced.")
        ApprovalPolicy approval,
    @Default("2h")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Until when it has to be done, 1m to 24h, without the time that people take to approve; later it is stopped, unless the data is being replaced.")
        String timeout,
    @Default("Fail")
        @JsonPropertyDescription(
            "What is done when the live PostgreSQL database is so damaged that it cannot be dumped. Fail: nothing is replaced. KeepOld: it is replaced all the same; the database from before, under its other name, is the only copy of it then, and is never dropped by itself, whatever keepOld says. A damaged SQLite file is kept byte for byte in any case.")
        IfDamaged ifDamaged)
    implements DbRestoreSpecBuilder.With {

  /** What a restore does. */
  public enum Mode {
    Execute,
    Drill
  }

  /** What a human wants of a restore. */
  public enum State {
    Suspended,
    Running,
    Aborted,
    Undone
  }

  /** Who has to agree. */
  public ApprovalPolicy approvalPolicy() {
    return approval == null ? ApprovalPolicy.DEFAULT : approval;
  }

  /**
   * The same restore as an action of a plan says it; of a drill, which keeps nobody off and
   * replaces nothing, without what is for that.
   */
  public DbRestoreAction restore() {
    return mode == Mode.Drill
        ? new DbRestoreAction(target, source, null, null, verify, ifDamaged)
        : new DbRestoreAction(target, source, quiesce, safetyBackup, verify, ifDamaged);
  }
}
