package dev.backstep.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.effect.Author;
import java.util.Optional;

/**
 * A Job that somebody wants, as the plan describes it.
 *
 * @param by who wants it, in words: action drain
 * @param author on whose rights it is made, and in which namespace
 * @param inRun false while it is only looked at whether it could be run
 * @param atStart what {@link WorkloadImages#atStart} kept when the run began; empty: nothing, or
 *     there is no run
 */
public record WantedJob(
    JobRun run, String by, Author author, boolean inRun, Optional<JsonNode> atStart) {

  /** Where it is run. */
  public String namespace() {
    return author.namespace();
  }
}
