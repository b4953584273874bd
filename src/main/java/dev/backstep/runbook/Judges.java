package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.gate.Gate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Which of a plan's gates have a say in a run, and in what. */
public record Judges(RunSnapshot snapshot) {
  /** The gates that decide now and are measured again and again. */
  public List<Gate> decidingGates() {
    return deciding().filter(gate -> !gate.once()).toList();
  }

  /** The gates that decide now and are measured one time, in the plan's order. */
  public List<Gate> onceGates() {
    return deciding().filter(Gate::once).toList();
  }

  /** The gates that say whether the system is healthy, whatever a level thinks of them. */
  public List<Gate> healthGates() {
    return snapshot.plan().gates().stream().filter(Gate::standing).toList();
  }

  /** Those of the level, else the Health gates; and always those of the symptom. */
  private Stream<Gate> deciding() {
    var level = snapshot.level();
    var own = level == null ? null : level.gates();
    var symptom = snapshot.symptom();
    var symptoms = symptom == null ? List.<String>of() : symptom.gates();
    return snapshot.plan().gates().stream()
        .filter(
            gate ->
                symptoms.contains(gate.name())
                    || (own == null ? gate.health() : own.contains(gate.name())));
  }

  /** The gates with these names, in the plan's order; null: none. */
  public List<Gate> named(Collection<String> names) {
    return names == null
        ? List.of()
        : snapshot.plan().gates().stream().filter(gate -> names.contains(gate.name())).toList();
  }

  /** Gates that are recorded and decide nothing. */
  public List<Gate> evidenceGates() {
    return snapshot.plan().gates().stream()
        .filter(gate -> gate.use() == Gate.Use.Evidence)
        .toList();
  }

  /** Gates whose value at the start of the run is kept. */
  public List<Gate> rememberedAtStart() {
    return snapshot.plan().gates().stream().filter(Gate::rememberedAtStart).toList();
  }
}
