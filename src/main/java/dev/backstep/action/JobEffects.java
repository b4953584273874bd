package dev.backstep.action;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/** What is done to the Job of an action: it is created, woken, and stopped. */
final class JobEffects {
  private static final Place SUSPEND = Place.at("/spec/suspend");
  private static final Place LIMIT = Place.at("/spec/activeDeadlineSeconds");

  private final KubernetesSerialization serialization;

  JobEffects(KubernetesSerialization serialization) {
    this.serialization = serialization;
  }

  ObjectCreation creation(Job job) {
    return new ObjectCreation(json(job), "%s: created, suspended".formatted(named(job)));
  }

  /**
   * Controllers write a Job's status, so only what matters is tested.
   *
   * @param limit for how many seconds it may run; empty: for as long as it was created with
   * @param hold what is kept off once it runs; empty: nothing
   */
  ObjectPatch wake(Job live, Optional<Long> limit, Optional<Hold> hold) {
    var json = json(live);
    var patch = PatchBuilder.of(live).set(SUSPEND, json, BooleanNode.FALSE, Inverse.NONE);
    limit.ifPresent(it -> patch.set(LIMIT, json, LongNode.valueOf(it), Inverse.NONE));
    hold.ifPresent(patch::taking);
    return patch.build("%s: started".formatted(named(live)), json, SUSPEND).withStarts(true);
  }

  ObjectPatch suspension(Job live) {
    var json = json(live);
    return PatchBuilder.of(live)
        .set(SUSPEND, json, BooleanNode.TRUE, Inverse.NONE)
        .build("%s: stopped".formatted(named(live)), json, SUSPEND);
  }

  private static String named(Job job) {
    return "Job " + job.getMetadata().getName();
  }

  private ObjectNode json(Job job) {
    return serialization.convertValue(job, ObjectNode.class);
  }
}
