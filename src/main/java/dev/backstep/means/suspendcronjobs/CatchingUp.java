package dev.backstep.means.suspendcronjobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Hashes;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of the times of CronJobs that passed while they were suspended. Kubernetes begins
 * what is due since {@code status.lastScheduleTime}, so that is set to now right before a CronJob
 * is let go: from there on it goes by its schedule. A short startingDeadlineSeconds would have to
 * stay until the next Job begins, which may be in a month.
 */
@ApplicationScoped
public class CatchingUp {
  /** So long is the way from setting the time to letting the CronJob go. */
  private static final Duration JUST_NOW = Duration.ofSeconds(20);

  private static final Place LAST_SCHEDULE_TIME = Place.at("/status/lastScheduleTime");

  private final KubernetesClient client;
  private final JobSteps steps;

  public CatchingUp(KubernetesClient client, JobSteps steps) {
    this.client = client;
    this.steps = steps;
  }

  /** Has those that are suspended still forget the times that passed; empty: they did just now. */
  List<ObjectPatch> forgetting(Taken taken, ActionScope scope) {
    return comingBack(taken, scope)
        .filter(CatchingUp::suspended)
        .filter(cronJob -> last(cronJob).isBefore(scope.now().minus(JUST_NOW)))
        .map(cronJob -> forgetting(cronJob, scope.now()))
        .toList();
  }

  private ObjectPatch forgetting(CronJob cronJob, Instant now) {
    var json = client.getKubernetesSerialization().convertValue(cronJob, ObjectNode.class);
    var time = TextNode.valueOf(now.truncatedTo(ChronoUnit.SECONDS).toString());
    return PatchBuilder.of(cronJob)
        .set(LAST_SCHEDULE_TIME, json, time, Inverse.NONE)
        .build(
            "CronJob %s: what it missed is not caught up"
                .formatted(cronJob.getMetadata().getName()))
        .withSubresource("status");
  }

  /** What is left of beginning one Job of each that was let go. */
  Step once(Taken taken, ActionScope scope) {
    var started = started(taken);
    var effects =
        comingBack(taken, scope)
            .filter(cronJob -> !suspended(cronJob))
            .map(cronJob -> job(cronJob, scope))
            .map(job -> steps.begun(job, started.contains(job.getMetadata().getName()), scope))
            .flatMap(step -> step.effects().stream())
            .toList();
    return effects.isEmpty() ? Step.done("each has begun a Job.") : Step.todo(effects);
  }

  /** Those that were not suspended before, and are still there. */
  private Stream<CronJob> comingBack(Taken taken, ActionScope scope) {
    return taken.held().stream()
        .filter(Hold::bringsBack)
        .map(Hold::name)
        .distinct()
        .flatMap(
            name ->
                Stream.ofNullable(
                    client
                        .batch()
                        .v1()
                        .cronjobs()
                        .inNamespace(scope.namespace())
                        .withName(name)
                        .get()));
  }

  private static boolean suspended(CronJob cronJob) {
    return Boolean.TRUE.equals(cronJob.getSpec().getSuspend());
  }

  /** From when on Kubernetes looks for times that passed. */
  private static Instant last(CronJob cronJob) {
    var status = cronJob.getStatus();
    return Instant.parse(
        status == null || status.getLastScheduleTime() == null
            ? cronJob.getMetadata().getCreationTimestamp()
            : status.getLastScheduleTime());
  }

  /** Also one of which nobody knows whether it was started is not started once more. */
  private static Set<String> started(Taken taken) {
    return taken.past().back().stream()
        .filter(
            sent ->
                sent.outcome() instanceof Outcome.Applied
                    || sent.outcome() instanceof Outcome.Unknown)
        .map(Sent::effect)
        .filter(ObjectPatch.class::isInstance)
        .map(effect -> ((ObjectPatch) effect).object())
        .filter(object -> object.kind().equals("Job"))
        .map(object -> object.name())
        .collect(Collectors.toSet());
  }

  /** As {@code kubectl create job --from} makes it, but suspended. */
  private static Job job(CronJob cronJob, ActionScope scope) {
    var metadata = cronJob.getMetadata();
    var template = cronJob.getSpec().getJobTemplate();
    var attempt = String.valueOf(scope.attempt());
    var made =
        new JobBuilder()
            .withNewMetadata()
            .withNamespace(metadata.getNamespace())
            .withName(
                "bs-job-" + Hashes.of(scope.claim(), scope.action(), metadata.getName(), attempt))
            .endMetadata()
            .withSpec(template.getSpec())
            .editSpec()
            .withSuspend(true)
            .endSpec();
    if (template.getMetadata() != null) {
      made.editMetadata()
          .addToLabels(template.getMetadata().getLabels())
          .addToAnnotations(template.getMetadata().getAnnotations())
          .endMetadata();
    }
    return made.editMetadata()
        .addToLabels(Annotations.RECORD, "job")
        .addToLabels(Annotations.CLAIM, scope.claim())
        .addToAnnotations("cronjob.kubernetes.io/instantiate", "manual")
        .addToAnnotations(Annotations.FENCE, "none")
        .addNewOwnerReference()
        .withApiVersion(cronJob.getApiVersion())
        .withKind(cronJob.getKind())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .build();
  }
}
