package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.Metric;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus.Growth;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.decide.Pressure;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether there is too much in the queue. */
final class QueueHealth implements Says {
  /** One number, and what it means; null: it could not be measured. */
  private record Part(String name, Metric metric, Long value, Long growth, Optional<String> why) {
    Optional<Pressure> pressure() {
      return Pressure.of(metric, value);
    }
  }

  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    var spec = view.sync().getSpec().queue();
    if (spec == null || spec.size() == null && spec.failed() == null) {
      return;
    }
    if (status.queue() == null) {
      conditions.keep(
          ConditionTypes.QUEUE_HEALTHY, Reasons.MEASURING, "The queue is not measured yet.");
      return;
    }
    var parts = parts(spec, status.queue());
    var worst = parts.stream().flatMap(it -> it.pressure().stream()).max(Pressure::compareTo);
    var blind = parts.stream().anyMatch(it -> it.why().isPresent());
    switch (worst.orElse(Pressure.Healthy)) {
      case Overflow -> bad(conditions, Reasons.QUEUE_OVERFLOW, parts);
      case Unhealthy -> bad(conditions, Reasons.QUEUE_UNHEALTHY, parts);
      case Filling -> notBad(conditions, blind, Reasons.QUEUE_FILLING, parts);
      case Healthy -> notBad(conditions, blind, Reasons.QUEUE_HEALTHY, parts);
    }
  }

  private static List<Part> parts(SyncQueue spec, QueueStatus measured) {
    return Stream.of(
            part(SyncQueue.SIZE, spec.size(), measured.size(), measured, Growth::size),
            part(SyncQueue.FAILED, spec.failed(), measured.failed(), measured, Growth::failed))
        .filter(part -> part.metric() != null)
        .toList();
  }

  private static Part part(
      String name, Metric metric, Long value, QueueStatus measured, Function<Growth, Long> of) {
    var growth = Optional.ofNullable(measured.growthPerMinute()).map(of).orElse(null);
    return new Part(name, metric, value, growth, measured.notMeasured(name));
  }

  private static void bad(Conditions conditions, String reason, List<Part> parts) {
    conditions.say(
        ConditionTypes.QUEUE_HEALTHY,
        false,
        reason,
        "%s Clearing is advised; nothing is cleared by itself.".formatted(said(parts)));
  }

  /** What is not measured may be anything. */
  private static void notBad(
      Conditions conditions, boolean blind, String reason, List<Part> parts) {
    conditions.say(
        ConditionTypes.QUEUE_HEALTHY,
        blind ? null : Boolean.TRUE,
        blind ? Reasons.NOT_MEASURABLE : reason,
        said(parts));
  }

  private static String said(List<Part> parts) {
    return parts.stream().map(QueueHealth::said).collect(Collectors.joining(" "));
  }

  private static String said(Part part) {
    if (part.why().isPresent()) {
      return "%s could not be measured: %s".formatted(part.name(), Sentences.of(part.why().get()));
    }
    return "%s is %d%s%s."
        .formatted(
            part.name(),
            part.value(),
            threshold(part).map(it -> ", more than %s".formatted(it)).orElse(""),
            growing(part));
  }

  private static Optional<String> threshold(Part part) {
    return part.pressure()
        .map(
            pressure ->
                switch (pressure) {
                  case Overflow -> named(part.metric().overflowAbove(), "overflowAbove");
                  case Unhealthy -> named(part.metric().unhealthyAbove(), "unhealthyAbove");
                  case Filling -> named(part.metric().warnAbove(), "warnAbove");
                  case Healthy -> null;
                });
  }

  private static String named(Long threshold, String field) {
    return "%d (%s)".formatted(threshold, field);
  }

  private static String growing(Part part) {
    return Objects.requireNonNullElse(part.growth(), 0L) <= 0
        ? ""
        : ", and grew by %d in a minute".formatted(part.growth());
  }
}
