package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * I2: no level with {@code approval} acts before as many people as it wants approved exactly this.
 * Counted from what people wrote, at the moment at which the process looked, on its own clock.
 */
final class ApprovalRules extends Rules {
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final String TRIGGER = "trigger:";

  private final Map<String, String> meanings = new HashMap<>();
  private final Set<String> begun = new HashSet<>();

  ApprovalRules(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var run = write.after().at("/status/run");
    var hash = run.at("/approval/hash").asText("");
    var record = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    if (record == null || !run.hasNonNull("level")) {
      return;
    }
    var level = level(record.at("/data/pinned"), run);
    if (!hash.isEmpty()) {
      var known = meanings.putIfAbsent(hash, level.path("actions").toString());
      require(
          known == null || known.equals(level.path("actions").toString()),
          "I2",
          "hash " + hash + " stands for other actions than before");
    }
    var intent = run.at("/intent/mark").asText("");
    var acts = !intent.isEmpty() && !givesBack(intent) && !before.path("intent").isObject();
    // Consent is looked at once, when the level begins to act, and again when a human has it retry.
    var turn = run.path("uid").asText() + run.path("level") + run.path("phaseSince").asText();
    if (acts
        && level.hasNonNull("approval")
        && executes(run)
        && !preparing(run)
        && begun.add(turn)) {
      consented(write, run, level);
    }
  }

  private boolean executes(JsonNode run) {
    return facts.mode(run.path("claim").asText()).equals("Execute");
  }

  /** Made ready before people are asked; what that must not do, other rules say. */
  private static boolean preparing(JsonNode run) {
    return run.at(
            "/levels/%s/actions/%s/preparing"
                .formatted(run.path("level").asText(), run.path("action").asText()))
        .asBoolean();
  }

  private static JsonNode level(JsonNode plan, JsonNode run) {
    var name = run.at("/levels/" + run.path("level").asText() + "/name");
    return each(plan.path("levels"))
        .filter(it -> it.path("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void consented(SimulatedApiServer.Write write, JsonNode run, JsonNode level) {
    var process = write.writer().name();
    var look = world.consent().look(process);
    require(look.inForce(), "I2", "the policy was not in force when the level began to act");
    var about =
        world.consent().all().stream().filter(it -> about(it, write.after(), run, level)).toList();
    require(
        about.stream()
            .filter(it -> world.consent().knew(process, it))
            .noneMatch(it -> it.getSpec().decision() == Decision.Reject),
        "I2",
        run.at("/intent/mark") + " was begun although somebody had said no");
    var people = people(about, run, level, look.at(), look.changedAt());
    var wanted = wanted(run, level);
    require(
        people >= wanted,
        "I2",
        run.at("/intent/mark") + " was begun with the approval of " + people + " of " + wanted);
  }

  private static boolean about(Approval approval, JsonNode plan, JsonNode run, JsonNode level) {
    var spec = approval.getSpec();
    return spec.targetRef().uid().equals(plan.at("/metadata/uid").asText())
        && spec.runId().equals(run.path("id").asText())
        && spec.level().equals(level.path("name").asText())
        && spec.item() == null
        && spec.hash().equals(run.at("/approval/hash").asText());
  }

  private static long people(
      List<Approval> about, JsonNode run, JsonNode level, Instant now, Instant changedAt) {
    var requester = run.path("requestedBy").asText();
    var valid = seconds(level.at("/approval/validFor").asText());
    return about.stream()
        .filter(it -> it.getSpec().decision() == Decision.Approve)
        .filter(it -> !it.getSpec().approver().equals(requester))
        .filter(it -> !it.getSpec().approver().startsWith(SERVICE_ACCOUNT))
        .filter(it -> created(it).isAfter(changedAt))
        .filter(it -> now.isBefore(created(it).plusSeconds(valid)))
        .map(it -> it.getSpec().approver())
        .distinct()
        .count();
  }

  /** A run that no person asked for is approved by two. */
  private static int wanted(JsonNode run, JsonNode level) {
    var requester = run.path("requestedBy").asText();
    var nobody = requester.startsWith(TRIGGER) || requester.startsWith(SERVICE_ACCOUNT);
    var wants = level.at("/approval/approvers").asInt();
    return nobody ? Math.max(2, wants) : wants;
  }

  private static Instant created(Approval approval) {
    return Instant.parse(approval.getMetadata().getCreationTimestamp());
  }
}
