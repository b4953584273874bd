package dev.backstep.action;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.cluster.ChangeBuilder;
import dev.backstep.cluster.Images;
import dev.backstep.effect.Work;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** A mistake for the simulation: what was there before the run comes back whatever is there now. */
public final class MistakenInverse extends Inverse {
  private final KubernetesClient client;
  private final Images images;

  public MistakenInverse(KubernetesClient client, Images images) {
    super(client, images);
    this.client = client;
    this.images = images;
  }

  @Override
  public Step of(String namespace, String claim, ActionStatus action) {
    var step = super.of(namespace, claim, action);
    if (!(step.work() instanceof Work.Drifted)) {
      return step;
    }
    var first = images.of(namespace, claim + "/" + action.name() + "/1").get(0);
    var live = client.apps().deployments().inNamespace(namespace).withName(first.name()).get();
    if (live == null || live.getMetadata().getAnnotations().containsKey("overwritten")) {
      return step;
    }
    var change = ChangeBuilder.of(live);
    var json = client.getKubernetesSerialization().convertValue(live, ObjectNode.class);
    first
        .before()
        .properties()
        .forEach(it -> change.set(it.getKey(), json.at(it.getKey()), it.getValue()));
    return Step.todo(List.of(change.annotate("overwritten", "yes").build("back")));
  }
}
