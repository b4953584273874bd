package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;

/** The queue of a sync. Nothing is ever cleared by itself. */
@RecordBuilder
public record SyncQueue(
    @JsonPropertyDescription("How action clearQueue empties it.") ClearSpec clear)
    implements SyncQueueBuilder.With {}
