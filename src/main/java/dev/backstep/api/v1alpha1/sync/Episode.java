package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.status.Hold;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** The time for which a sync is kept off: from the wish until everything was given back. */
@RecordBuilder
public record Episode(
    @JsonPropertyDescription("Counts the episodes of the SyncControl, from 1.") Integer number,
    @JsonPropertyDescription(
            "ControllerRevision that has the SyncControl as it was when the episode began: its means are given back.")
        String claim,
    @JsonPropertyDescription("When it began.") Instant startedAt,
    @JsonPropertyDescription("When everything was given back; absent: it goes on.") Instant endedAt,
    @JsonPropertyDescription("True while it is being given back.") Boolean enabling,
    @JsonPropertyDescription("Since when it is being switched off, or given back.") Instant since,
    @JsonPropertyDescription(
            "True when the status was lost meanwhile, so that what was sent before is not known.")
        Boolean lost,
    @JsonPropertyDescription("What became of each means.") List<MeansStatus> means,
    @JsonPropertyDescription("What is kept off.") List<Hold> holds)
    implements EpisodeBuilder.With {

  /** Lists are never null. */
  public Episode {
    means = means == null ? List.of() : means;
    holds = holds == null ? List.of() : holds;
  }

  /** True until everything was given back. */
  public boolean open() {
    return endedAt == null;
  }

  /** True while it is being given back. */
  public boolean isEnabling() {
    return Boolean.TRUE.equals(enabling);
  }

  /** The same, with one means changed. */
  public Episode with(String name, UnaryOperator<MeansStatus> change) {
    return withMeans(
        means.stream().map(it -> it.name().equals(name) ? change.apply(it) : it).toList());
  }
}
