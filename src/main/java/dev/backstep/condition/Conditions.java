package dev.backstep.condition;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Builds a status' conditions from what is true now and what was said before: a condition that says
 * the same keeps its time, and one that is not said again is gone.
 */
public final class Conditions {
  private final List<Condition> before;
  private final List<Condition> now = new ArrayList<>();
  private final Long generation;
  private final String time;

  public Conditions(List<Condition> before, Long generation, Instant time) {
    this.before = before;
    this.generation = generation;
    this.time = time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Says that something is so (True), is not so (False), or is not known. */
  public Conditions say(String type, Boolean holds, String reason, String message) {
    var status = holds == null ? "Unknown" : holds ? "True" : "False";
    var known = said(type);
    var sameStatus = known.map(Condition::getStatus).filter(status::equals).isPresent();
    now.removeIf(condition -> condition.getType().equals(type));
    now.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(sameStatus ? known.get().getLastTransitionTime() : time)
            .build());
    return this;
  }

  /** As {@link #say}; while status and reason stay the same, so does the message. */
  public Conditions sayOnce(String type, Boolean holds, String reason, String message) {
    var status = holds == null ? "Unknown" : holds ? "True" : "False";
    var same =
        said(type)
            .filter(known -> status.equals(known.getStatus()))
            .filter(known -> Objects.equals(reason, known.getReason()));
    return say(type, holds, reason, same.map(Condition::getMessage).orElse(message));
  }

  /** Says again what was said before; {@code message} where nothing was. */
  public Conditions keep(String type, String reason, String message) {
    var known = said(type);
    return known.isEmpty() ? say(type, null, reason, message) : again(type);
  }

  /** Says again what was said before, if anything was, and of which generation. */
  public Conditions again(String type) {
    said(type)
        .ifPresent(
            known -> {
              now.removeIf(condition -> condition.getType().equals(type));
              now.add(known);
            });
    return this;
  }

  /** The message of a condition as it was said before; empty: it was not. */
  public Optional<String> before(String type) {
    return said(type).map(Condition::getMessage);
  }

  public List<Condition> list() {
    return List.copyOf(now);
  }

  private Optional<Condition> said(String type) {
    return before.stream().filter(condition -> type.equals(condition.getType())).findFirst();
  }
}
