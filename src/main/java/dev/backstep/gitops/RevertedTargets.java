package dev.backstep.gitops;

import dev.backstep.action.TargetDoubts;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Workload;
import dev.backstep.gitops.Deployers.Seen;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says which targets somebody would put back as Git has them. */
@ApplicationScoped
public class RevertedTargets implements TargetDoubts {
  private static final String REVERTS =
      "%s deployed by %s, which %s. Name it in %s, so that runs hold it.";
  private static final String HIDDEN =
      "%s deployed by %s. Whether that puts back what a level changes could not be seen: %s Give the operator the right to get %s in namespace %s.";
  private static final String ABOVE =
      "%s, which runs hold, is itself made by %s. See to it that this leaves %s and the annotations of backstep.dev alone, or a run may find itself Contested.";

  private static final String CLEARED = "The plan itself, and so spec.run, is deployed by %s, %s";

  private final Deployers deployers;

  public RevertedTargets(Deployers deployers) {
    this.deployers = deployers;
  }

  @Override
  public List<String> of(HasMetadata plan, RollbackPlanSpec spec, List<Workload> targets) {
    var held =
        Stream.ofNullable(spec.gitOps()).flatMap(it -> deployers.named(it).stream()).toList();
    var deployed = new LinkedHashMap<Deployer, List<WorkloadRef>>();
    targets.forEach(
        workload ->
            deployers
                .of(workload.object())
                .filter(by -> !held.contains(by))
                .forEach(
                    by ->
                        deployed.computeIfAbsent(by, it -> new ArrayList<>()).add(workload.ref())));
    return Stream.of(
            deployed.entrySet().stream()
                .flatMap(entry -> doubt(entry.getKey(), entry.getValue()).stream()),
            held.stream().flatMap(deployer -> above(deployer, held).stream()),
            deployers.of(plan).flatMap(by -> cleared(by, plan).stream()))
        .flatMap(it -> it)
        .toList();
  }

  private Optional<String> above(Deployer deployer, List<Deployer> held) {
    if (!(deployers.see(deployer) instanceof Seen.There there)) {
      return Optional.empty();
    }
    return deployers
        .keeping(deployer, there.object(), held)
        .map(deployer::kept)
        .or(
            () ->
                deployers
                    .above(deployer, there.object(), held)
                    .map(by -> ABOVE.formatted(deployer, by, deployer.kind().place().text())));
  }

  private static Optional<String> cleared(Deployer by, HasMetadata plan) {
    return by.kind().clears(plan).map(how -> CLEARED.formatted(by, how));
  }

  private Optional<String> doubt(Deployer by, List<WorkloadRef> targets) {
    var seen = deployers.see(by);
    if (seen instanceof Seen.There there) {
      return by.kind().reverts(there.json()).map(how -> reverts(by, named(targets), how));
    }
    return seen instanceof Seen.Hidden hidden
        ? Optional.of(hidden(by, named(targets), hidden.why()))
        : Optional.empty();
  }

  private static String named(List<WorkloadRef> targets) {
    return targets.size() == 1
        ? "%s is".formatted(targets.get(0))
        : "%s and %d more are".formatted(targets.get(0), targets.size() - 1);
  }

  private static String reverts(Deployer by, String targets, String how) {
    return REVERTS.formatted(targets, by, how, by.kind().howToName(by));
  }

  private static String hidden(Deployer by, String targets, String why) {
    return HIDDEN.formatted(targets, by, Sentences.of(why), by.resource(), by.namespace());
  }
}
