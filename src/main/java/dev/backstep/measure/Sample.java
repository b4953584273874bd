package dev.backstep.measure;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Something that is measured again and again.
 *
 * @param name unique for its owner
 * @param key what is measured, and since when it counts: what was begun under a key that is not
 *     equal does not
 * @param target what a measurement is a burden for, such as a Service; empty: nothing
 * @param interval between two measurements
 * @param timeout no measurement is waited for longer
 * @param once true: it is asked until it says something, and then no more
 * @param every true: each reading counts; false: those that may change a verdict
 * @param limits what makes a verdict
 * @param measurement makes one
 */
public record Sample(
    String name,
    Object key,
    Optional<String> target,
    Duration interval,
    Duration timeout,
    boolean once,
    boolean every,
    Limits limits,
    Measurement measurement) {

  /** Measures one time; what cannot be measured is an error reading. */
  @FunctionalInterface
  public interface Measurement {
    /**
     * Begins to measure.
     *
     * @param previous the last value under the same key; JSON's null: there was none
     */
    CompletionStage<Reading> after(JsonNode previous);
  }
}
