package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.restore.IfDamaged;
import dev.backstep.api.v1alpha1.restore.Quiesce;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.restore.RestoreSource;
import dev.backstep.api.v1alpha1.value.BackupTo;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/** A database is replaced by a backup that was restored and verified beside it. */
@RecordBuilder
public record DbRestoreAction(
    @Required
        @JsonPropertyDescription(
            "The database that is replaced. Of a PostgreSQL, the Secret's user may create databases, and is a member of the role that owns this one.")
        DatabaseTarget target,
    @Required @JsonPropertyDescription("The backup that comes back.") RestoreSource source,
    @JsonPropertyDescription(
            "Who writes to the database; kept off from before the safety backup until the data was replaced.")
        Quiesce quiesce,
    @Required
        @JsonPropertyDescription(
            "Where the present data goes before it is replaced; without a verified copy nothing is replaced.")
        BackupTo safetyBackup,
    @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription("What has to be true of the restored data.")
        List<RestoreCheck> verify,
    @Default("Fail")
        @JsonPropertyDescription(
            "What is done when the live PostgreSQL database is so damaged that it cannot be dumped. Fail: nothing is replaced. KeepOld: it is replaced all the same; the database from before, under its other name, is the only copy of it then, and is never dropped by itself. A damaged SQLite file is kept byte for byte in any case.")
        IfDamaged ifDamaged)
    implements DbRestoreActionBuilder.With {

  /** Who is kept off is never null. */
  public DbRestoreAction {
    quiesce = quiesce == null ? Quiesce.NOBODY : quiesce;
  }

  /** True when nobody is kept off, and nothing replaced. */
  public boolean provesOnly() {
    return safetyBackup == null;
  }

  /** True when the data from before may be the only copy of itself; a file never is. */
  public boolean keepsOld() {
    return ifDamaged == IfDamaged.KeepOld && target.databaseRef() != null;
  }

  /** Name of the Secret of the database. */
  public String databaseRef() {
    return target.databaseRef().name();
  }
}
