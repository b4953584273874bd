package dev.backstep.api.v1alpha1;

import dev.backstep.api.TolerantResource;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Objects;
import java.util.Optional;

/** One switch for every way of keeping a sync or a fleet of workers off. */
@Group("backstep.dev")
@Version("v1alpha1")
@Plural("synccontrols") // else the client works it out for every object that it reads
@ShortNames("sync")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "Desired", jsonPath = ".status.desired")
@AdditionalPrinterColumn(
    name = "Holders",
    jsonPath = ".status.holding",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Queue",
    jsonPath = ".status.queue.size",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Failed",
    jsonPath = ".status.queue.failed",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Last-Sync",
    jsonPath = ".status.queue.lastSync",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.reason", priority = 1)
public class SyncControl extends TolerantResource<SyncControlSpec, SyncControlStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  public SyncControl() {
    super(SyncControlSpec.class, SyncControlStatus.class);
  }

  @Override
  @Required
  public SyncControlSpec getSpec() {
    return super.getSpec();
  }

  /** Of a means or metric that was pruned, a union without a member is left. */
  @Override
  protected Optional<String> unknown(SyncControlSpec spec) {
    return spec.means().stream()
        .filter(means -> !Members.anySet(means))
        .map(means -> "spec.means, means " + means.name() + " (no known kind of means)")
        .findFirst()
        .or(() -> Optional.ofNullable(spec.queue()).flatMap(SyncQueue::unknown));
  }

  @Override
  protected Optional<String> incomplete(SyncControlStatus status) {
    return Optional.ofNullable(status.episode())
        .filter(episode -> Objects.isNull(episode.claim()) || Objects.isNull(episode.number()))
        .map(episode -> "status.episode: the operator's own fields are missing");
  }

  /** What it says; nothing where nothing was written yet. */
  public SyncControlStatus said() {
    return getStatus() == null ? SyncControlStatus.NOTHING : getStatus();
  }
}
