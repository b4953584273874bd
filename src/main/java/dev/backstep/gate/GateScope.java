package dev.backstep.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.runbook.ItemAnswers;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a measurement may know.
 *
 * @param author on whose rights it is made; it reaches nothing outside that namespace
 * @param gate name of the gate that is measured; empty before one is
 * @param asking the same for all measurements that are one asking, in every process, and never used
 *     again for another one
 * @param claim of the run that is under way; empty: none is
 * @param observedAt when the effects were observed that it is to judge; empty: there are none
 * @param atStart values at the start of the run, by name of the gate; without those that had none
 * @param kept what the run's claim keeps of the world as it was at the start, by {@link #keptAs}
 * @param previous the gate's last value; JSON's null: there was none
 * @param args values of the plan's args, by name; those that have none are missing
 * @param workloads the cluster's workloads
 * @param answers what humans answered to the items of the plan's current run
 */
@RecordBuilder
public record GateScope(
    Author author,
    String gate,
    String asking,
    String claim,
    Optional<Instant> observedAt,
    Map<String, JsonNode> atStart,
    Map<String, JsonNode> kept,
    JsonNode previous,
    Map<String, String> args,
    WorkloadLookup workloads,
    ItemAnswers answers)
    implements GateScopeBuilder.With {

  /** Outside of a run: nothing was done, and nobody answers anything. */
  public static GateScope of(Author author, WorkloadLookup workloads) {
    return new GateScope(
        author,
        "",
        "",
        "",
        Optional.empty(),
        Map.of(),
        Map.of(),
        NullNode.instance,
        Map.of(),
        workloads,
        ItemAnswers.NONE);
  }

  /** The plan's namespace. */
  public String namespace() {
    return author.namespace();
  }

  /** The gate's value at the start of the run; JSON's null: there was none. */
  public JsonNode before() {
    return atStart.getOrDefault(gate, NullNode.instance);
  }

  /** Under which name a claim keeps what a gate has to know; no action is called so. */
  public static String keptAs(String gate) {
    return "gate/" + gate;
  }

  /** What the gate had to know of the world as it was when the run began; empty: nothing. */
  public Optional<JsonNode> known() {
    return Optional.ofNullable(kept.get(keptAs(gate)));
  }

  /** The same for one of the gates. */
  public GateScope of(Gate one) {
    return withGate(one.name());
  }

  GateScope asking(String name, String key) {
    return with().gate(name).asking("%s %s".formatted(name, key)).build();
  }
}
