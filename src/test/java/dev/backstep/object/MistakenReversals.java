package dev.backstep.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.effect.LookThreads;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A mistake for the simulation: what was there before the run comes back whatever is there now. */
public final class MistakenReversals extends PatchReversals {
  private final KubernetesClient client;

  public MistakenReversals(KubernetesClient client, Clock clock, LookThreads threads) {
    super(client, clock, threads);
    this.client = client;
  }

  @Override
  CompletionStage<Step> of(String owner, List<ObjectPatch> patches, List<ObjectPatch> back) {
    return super.of(owner, patches, back).thenApply(step -> overwriting(step, patches));
  }

  private Step overwriting(Step step, List<ObjectPatch> patches) {
    if (!(step.work() instanceof Work.Drifted)) {
      return step;
    }
    var first = patches.get(0);
    var live = first.object().read(client, first.uid());
    if (live.isEmpty() || live.get().getMetadata().getAnnotations().containsKey("overwritten")) {
      return step;
    }
    var change = PatchBuilder.of(live.get());
    var json = client.getKubernetesSerialization().convertValue(live.get(), ObjectNode.class);
    first
        .edits()
        .forEach(edit -> change.set(edit.pointer(), json.at(edit.pointer()), edit.before()));
    return Step.todo(List.of(change.annotate("overwritten", "yes").build("back")));
  }
}
