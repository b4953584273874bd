package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * Where people are told what happens. Each piece of news is sent until it is taken, in order; after
 * a crash the last one may come twice, with the same header Idempotency-Key.
 */
@SchemaCustomizer(value = ExactlyOne.class, input = "service,url,urlFrom")
@ValidationRule(
    value = "duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('60s')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 60s")
public record Notification(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique here; status.told says how far it is.")
        String name,
    @JsonPropertyDescription("A Service in the same namespace.") Call.ServicePort service,
    @Size(min = 1, max = 2048)
        @Pattern("^https?://[^\\s]+$")
        @JsonPropertyDescription(
            "Absolute address. Its host must be in the operator's allow-list (Helm value http.allowedHosts).")
        String url,
    @JsonPropertyDescription(
            "The same, from a Secret: for addresses that let in whoever knows them, as webhooks of chats do.")
        ValueFrom urlFrom,
    @Default("/")
        @Size(min = 1, max = 2048)
        @Pattern("^/[^\\s]*$")
        @JsonPropertyDescription("Path and query, with a service.")
        String path,
    @Size(max = 16) @JsonPropertyDescription("Request headers.") List<NamedValue> headers,
    @Default("Generic")
        @JsonPropertyDescription(
            "Of the body. Generic: a JSON object with id, event, kind, namespace, name, run, at, phase, stage, reason and text. Slack: what incoming webhooks of Slack and Mattermost take.")
        Format format,
    @Size(min = 1, max = 8)
        @JsonPropertyDescription("What people are told of; absent: of everything.")
        List<Event> events,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("Time limit of one request, 1s to 60s.")
        String timeout) {

  /** What the body looks like. */
  public enum Format {
    Generic,
    Slack
  }

  /** What happened. */
  public enum Event {
    /** A run began. */
    Started,
    /** A run reached its next level. */
    LevelReached,
    /** A level waits for an approval; said again as often as the level's remindAfter says. */
    ApprovalWanted,
    /** A run asks a question. */
    AnswerWanted,
    /** A promise was not kept. */
    ObjectiveMissed,
    /** A run ended, or what it did was given back or put back. */
    Ended,
    /** There is too much in a queue. */
    QueueUnhealthy,
    /** The last sync is too long ago, or nobody knows when it was. */
    SyncStale
  }

  /** True when people are to be told of this. */
  public boolean wants(Event event) {
    return events == null || events.contains(event);
  }

  /** What it is named in sentences. */
  public String address() {
    if (urlFrom != null) {
      return "the address in Secret " + urlFrom.secretKeyRef().name();
    }
    return url == null ? "%s:%d%s".formatted(service.name(), service.port(), path) : url;
  }
}
