package dev.backstep.metrics;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Prometheus reads of the operator. No label has a run's id, a person or a text in it: the
 * number of series is bounded by the objects there are, and what their specs name.
 */
public enum Figure {
  BUILD_INFO("backstep_build_info", "1, with the operator's version.", List.of("version")),
  LEADER("backstep_leader", "1 for the process that leads, 0 for one that stands by.", List.of()),
  PHASE(
      "backstep_phase",
      "1 for the phase in which an object is: that of a plan's run, the state of a SyncControl, the phase of a DbRestore.",
      ofObject("phase")),
  PHASE_SINCE(
      "backstep_phase_start_timestamp_seconds", "Since when it is in that phase.", ofObject()),
  CONDITION_SINCE(
      "backstep_condition_timestamp_seconds",
      "Since when a condition has this status, such as AwaitingApproval True; those of gates are not among them.",
      ofObject("type", "status")),
  GATE("backstep_gate", "1: healthy, 0: unhealthy, -1: could not be measured.", ofObject("gate")),
  RUN_START(
      "backstep_run_start_timestamp_seconds",
      "When the current or last run began.",
      ofObject("mode")),
  RUN_END(
      "backstep_run_end_timestamp_seconds",
      "When that run ended; absent while it goes on.",
      ofObject()),
  RUN_PHASE_SECONDS(
      "backstep_run_phase_seconds",
      "How long that run was in each phase that it has left, as far as its steps are kept.",
      ofObject("phase")),
  RUN_LEVEL(
      "backstep_run_level",
      "The number of the level that it reached, from 1; absent before the first.",
      ofObject("level")),
  RUNS(
      "backstep_runs",
      "How often runs of a plan came to each end; one that is released later counts again as Released.",
      ofObject("outcome")),
  HOLDS(
      "backstep_holds",
      "How many things a plan or restore keeps off; how many hold a SyncControl off.",
      ofObject()),
  OLDEST_HOLD(
      "backstep_oldest_hold_timestamp_seconds",
      "Since when the oldest of them is held.",
      ofObject()),
  DRILL(
      "backstep_drill_timestamp_seconds",
      "When a drill last did an action, and it went well.",
      ofObject("action")),
  QUEUE_SIZE("backstep_queue_size", "How much waits in the queue of a SyncControl.", ofObject()),
  QUEUE_FAILED("backstep_queue_failed", "How much in it has failed.", ofObject()),
  LAST_SYNC(
      "backstep_last_sync_timestamp_seconds", "When its sync last did something.", ofObject()),
  RESTORE_DATA(
      "backstep_restore_data_timestamp_seconds",
      "When the backup was begun that a DbRestore restores.",
      ofObject()),
  JOURNAL_WAITING(
      "backstep_journal_waiting_objects",
      "How many objects have steps that this process has still to write to the journal.",
      List.of()),
  JOURNAL_FAILING(
      "backstep_journal_failing_timestamp_seconds",
      "Since when it cannot write to the journal; absent: it can.",
      List.of()),
  API_REQUESTS(
      "backstep_api_requests",
      "Requests that this process sent to the API server.",
      List.of("method")),
  API_ANSWERS(
      "backstep_api_answers",
      "Their answers; a request without one got none, or has not got it yet.",
      List.of("method", "code"));

  private final String family;
  private final String help;
  private final List<String> labels;

  Figure(String family, String help, List<String> labels) {
    this.family = family;
    this.help = help;
    this.labels = labels;
  }

  private static List<String> ofObject(String... more) {
    return Stream.concat(Stream.of("kind", "namespace", "name"), Stream.of(more)).toList();
  }

  /** The name by which Prometheus is asked for it. */
  public String series() {
    return counted() ? family + "_total" : family;
  }

  /** What it means, in a sentence. */
  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels;
  }

  /** True when it only grows, and begins anew at 0. */
  private boolean counted() {
    return this == RUNS || this == API_REQUESTS || this == API_ANSWERS;
  }

  /** Without a value yet. */
  MetricFamilySamples empty() {
    return counted()
        ? new CounterMetricFamily(family, help, labels)
        : new GaugeMetricFamily(family, help, labels);
  }
}
