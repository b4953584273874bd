package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The Approvals that people wrote, and whether the policy is in force that proves who did. */
final class SimulatedConsent {
  private final Simulation world;
  private final List<Approval> all = new ArrayList<>();
  private long offUntil;

  SimulatedConsent(Simulation world) {
    this.world = world;
  }

  /** Somebody decides about the level that wants to be approved. */
  void say(String user, ApprovalSpec.Decision decision) {
    var run = run();
    if (run.path("approval").isObject()) {
      var approval = run.path("approval");
      write(user, decision, null, approval.path("level").asText(), approval.path("hash").asText());
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

  /** How many people approved exactly this, but for the one who asked for it. */
  long approvers(String run, String level, String hash, String requester) {
    return all.stream()
        .map(Approval::getSpec)
        .filter(spec -> spec.decision() == ApprovalSpec.Decision.Approve && spec.item() == null)
        .filter(spec -> spec.runId().equals(run) && spec.level().equals(level))
        .filter(spec -> spec.hash().equals(hash) && !spec.approver().equals(requester))
        .map(ApprovalSpec::approver)
        .distinct()
        .count();
  }

  /** The policy is not in force for so long. */
  void policyOff(long millis) {
    offUntil = world.time().elapsed() + millis;
  }

  boolean inForce() {
    return world.time().elapsed() >= offUntil;
  }
}
