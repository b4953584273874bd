package dev.backstep.api.v1alpha1;

import dev.backstep.api.TolerantResource;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Objects;
import java.util.Optional;

/** One restore of one database, from a backup that is verified beside it before it replaces it. */
@Group("backstep.dev")
@Version("v1alpha1")
@Plural("dbrestores") // else the client works it out for every object that it reads
@ShortNames("dbr")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".status.target")
@AdditionalPrinterColumn(name = "Source", jsonPath = ".status.source")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Progress", jsonPath = ".status.progress")
@AdditionalPrinterColumn(
    name = "Data-Age",
    jsonPath = ".status.dataFrom",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "RPO", jsonPath = ".status.recoveryPoint", priority = 1)
@AdditionalPrinterColumn(name = "RTO", jsonPath = ".status.recoveryTime", priority = 1)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.reason", priority = 1)
public class DbRestore extends TolerantResource<DbRestoreSpec, DbRestoreStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  public DbRestore() {
    super(DbRestoreSpec.class, DbRestoreStatus.class);
  }

  @Override
  @Required
  public DbRestoreSpec getSpec() {
    return super.getSpec();
  }

  @Override
  protected Optional<String> incomplete(DbRestoreStatus status) {
    return Optional.ofNullable(status.run())
        .filter(run -> Objects.isNull(run.claim()) || Objects.isNull(run.done()))
        .map(run -> "status.run: the operator's own fields are missing");
  }

  /** What it says; nothing where nothing was written yet. */
  public DbRestoreStatus said() {
    return getStatus() == null ? DbRestoreStatus.NOTHING : getStatus();
  }
}
