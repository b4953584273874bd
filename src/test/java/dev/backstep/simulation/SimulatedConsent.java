package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec;
import dev.backstep.approval.PolicyState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The Approvals that people wrote, and whether the policy is in force that proves who did. */
final class SimulatedConsent {
  private final Simulation world;
  private final List<Approval> all = new ArrayList<>();
  private final Map<String, Look> looks = new HashMap<>();
  private long offUntil;

  SimulatedConsent(Simulation world) {
    this.world = world;
  }

  /** Somebody decides about the level, or the undo, that wants to be approved. */
  void say(String user, ApprovalSpec.Decision decision) {
    var run = run();
    if (run.path("approval").isObject()) {
      var approval = run.path("approval");
      var undo = approval.at("/undo/action").asText(null);
      write(user, decision, undo, approval.path("level").asText(), approval.path("hash").asText());
    }
  }

  /** Somebody answers a manual gate or action of the level that the run is at. */
  void say(String user, ApprovalSpec.Decision decision, String item) {
    var level = run().at("/levels/" + run().path("level").asText("0"));
    if (level.hasNonNull("hash")) {
      write(user, decision, item, level.path("name").asText(), level.path("hash").asText());
    }
  }

  private JsonNode run() {
    return world.plan() == null ? MissingNode.getInstance() : world.plan().at("/status/run");
  }

  private void write(
      String user, ApprovalSpec.Decision decision, String item, String level, String hash) {
    var approval = new Approval();
    var metadata = approval.getMetadata();
    metadata.setName("approval-" + all.size());
    metadata.setUid("approval-" + all.size());
    metadata.setNamespace(SimulatedApiServer.NAMESPACE);
    metadata.setCreationTimestamp(
        world.time().instant().truncatedTo(ChronoUnit.SECONDS).toString());
    approval.setSpec(
        new ApprovalSpec(
            new ApprovalSpec.TargetRef(
                ApprovalSpec.Kind.RollbackPlan,
                ReferenceLadder.PLAN,
                world.plan().at("/metadata/uid").asText()),
            run().path("id").asText(),
            level,
            item,
            hash,
            decision,
            user,
            null));
    world.trace(() -> "%s says %s to %s %s".formatted(user, decision, level, item));
    all.add(approval);
    world.alive().forEach(process -> process.told(approval));
  }

  /** All that were ever written. */
  List<Approval> all() {
    return all;
  }

  /** The policy is not in force for so long. */
  void policyOff(long millis) {
    offUntil = world.time().elapsed() + millis;
  }

  boolean inForce() {
    return world.time().elapsed() >= offUntil;
  }

  /**
   * What a process saw when it looked at what people said.
   *
   * @param at the time on its own clock
   * @param known the approvals it knew
   */
  record Look(Instant at, List<Approval> known, PolicyState policy) {
    boolean inForce() {
      return policy.inForce();
    }

    Instant changedAt() {
      return policy.inForce() ? policy.changedAt() : Instant.MAX;
    }
  }

  /** A process looks whether approvals can be trusted, right before it counts them. */
  PolicyState looked(String process, Instant at) {
    var policy =
        inForce()
            ? new PolicyState(true, VirtualTime.BEGIN.minusSeconds(3600), "in force")
            : new PolicyState(false, null, "The binding is gone.");
    looks.put(process, new Look(at, world.known(process), policy));
    return policy;
  }

  /** What a process saw when it looked last; what it never looked at it never saw. */
  Look look(String process) {
    return looks.getOrDefault(
        process, new Look(Instant.MAX, List.of(), new PolicyState(false, null, "never looked at")));
  }

  /** True when a process knew of an approval when it looked last. */
  boolean knew(String process, Approval approval) {
    return look(process).known().stream().anyMatch(it -> it == approval);
  }
}
