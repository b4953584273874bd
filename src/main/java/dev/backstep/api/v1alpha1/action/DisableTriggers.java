package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.NotOwnRecord;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Triggers of tables that do not fire until they are given back. */
@SchemaCustomizer(value = NotOwnRecord.class, input = "tables")
public record DisableTriggers(
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true. The user owns the tables.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription(
            "The tables, as in SQL: notifications or shop.notifications; their partitions too.")
        List<@Size(min = 1, max = 200) String> tables,
    @Default("User")
        @JsonPropertyDescription(
            "User: those that somebody created. All: also those that check foreign keys and other constraints, which only a superuser may turn off. Each comes back as it was; what was off stays off.")
        Triggers triggers) {

  /** Which triggers. */
  public enum Triggers {
    User,
    All
  }
}
