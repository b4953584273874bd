package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.action.ActionScope;
import dev.backstep.cluster.Annotations;
import dev.backstep.gitops.Deployers.Seen;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a hold on a deployer. */
final class Taking {
  static final String ON = "on";
  static final String OFF = "off";

  private final Deployer deployer;
  private final Seen.There seen;
  private final ActionScope scope;
  private final Ledger ledger;
  private final boolean on;

  Taking(Deployer deployer, Seen.There seen, ActionScope scope) {
    this.deployer = deployer;
    this.seen = seen;
    this.scope = scope;
    this.ledger = Ledger.of(seen.object());
    this.on = deployer.kind().reverts(seen.json()).isPresent();
  }

  /**
   * The patch that takes it; empty: nothing is left to do. What was off before, and nobody holds,
   * is not held, and so never switched on by a release. One hold of a run is enough for it.
   */
  Optional<ObjectPatch> patch() {
    var ending = deployer.kind().ending(seen.json());
    var joins = !ledger.heldBy(scope.claim()) && (on || !ledger.entries().isEmpty());
    if (!on && !joins && ending.isEmpty()) {
      return Optional.empty();
    }
    var patch = PatchBuilder.of(seen.object());
    var tested = new ArrayList<>(List.of(deployer.kind().around()));
    if (on) {
      patch.set(deployer.kind().place(), seen.json(), deployer.kind().off(), Inverse.BACK);
    }
    ending.ifPresent(
        it -> {
          tested.add(it.place());
          patch.set(it.place(), seen.json(), it.value(), Inverse.NONE);
        });
    if (joins) {
      enter(patch);
    }
    return Optional.of(
        patch.buildOnAnnotations(
            summary(ending.isPresent()), seen.json(), tested.toArray(Place[]::new)));
  }

  /** True when it does something by itself that this has it leave alone, for the first time. */
  boolean switchesOff() {
    return on && scope.held(deployer.target()).isEmpty();
  }

  private void enter(PatchBuilder patch) {
    var hold = scope.holds(deployer.target(), ON, OFF);
    var entry = Ledger.entry(scope, hold);
    patch.annotate(entry.key(), entry.value()).taking(hold);
    if (ledger.entries().isEmpty()) {
      patch.annotate(Annotations.HELD_VALUE, before().toString());
    }
  }

  private JsonNode before() {
    var value = deployer.kind().place().in(seen.json());
    return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
  }

  private String summary(boolean ends) {
    return "%s: %s%s"
        .formatted(
            deployer,
            on ? "%s -> %s".formatted(ON, OFF) : "stays %s".formatted(OFF),
            ends ? ", and what it has going on is ended" : "");
  }

  /** True when this action had switched it off, and somebody switched it on again. */
  boolean contested() {
    return on && scope.held(deployer.target()).isPresent();
  }
}
