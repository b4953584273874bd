package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The rules of correctness.md, checked on every write from the API server's own audit log, without
 * the operator's code. Each group of rules is a class of its own.
 */
final class Invariants implements SimulatedApiServer.Listener {
  private final Simulation world;
  private final Facts facts;
  private final HoldRules holds;
  private final EffectRules effects;
  private final IntentRules intents;
  private final StepRules steps;
  private final Touches touches;
  private final WishRules wishes;
  private final UndoRules undo;
  private final ReaderRules readers;
  private final OutsideRules outside;
  private final RestoreRules restores;
  private final ApprovalRules approvals;
  private final Honesty honesty;
  private final RunEnds ends;
  private final SyncRules syncs;
  private final Rest rest;
  private final RequestRules requests;
  private final GateJobs gateJobs;
  private int fingerprint = 1;

  Invariants(Simulation world) {
    this.world = world;
    facts = new Facts(world);
    holds = new HoldRules(world, facts);
    effects = new EffectRules(world, facts, holds);
    intents = new IntentRules(world, facts, effects);
    steps = new StepRules(world, facts);
    touches = new Touches(world, facts);
    wishes = new WishRules(world, facts);
    undo = new UndoRules(world, facts, touches);
    readers = new ReaderRules(world, facts);
    outside = new OutsideRules(world, facts, effects);
    restores = new RestoreRules(world, facts, effects);
    approvals = new ApprovalRules(world, facts);
    honesty = new Honesty(world, facts, effects, touches);
    ends = new RunEnds(world, facts);
    syncs = new SyncRules(world, facts);
    rest = new Rest(world, facts, syncs);
    requests = new RequestRules(world, facts);
    gateJobs = new GateJobs(world, facts);
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    fingerprint = 31 * fingerprint + write.name().hashCode();
    fingerprint = 31 * fingerprint + (int) world.time().elapsed();
    facts.written(write);
    rest.written(write);
    requests.written(write);
    switch (write.resource()) {
      case SimulatedApiServer.PLANS -> {
        wishes.anyPlan(write);
        if (SimulatedApiServer.isLadder(write) && write.before() != null) {
          plan(write);
        }
      }
      case SimulatedApiServer.SYNCS -> {
        if (write.writer().operator() && write.writer().request().isEffect()) {
          target(write);
        }
        syncs.written(write);
      }
      case "deployments",
          "statefulsets",
          "daemonsets",
          "rollouts",
          "configmaps",
          "cronjobs",
          "scaledobjects",
          "pods",
          "jobs",
          "ingresses",
          "httproutes",
          SimulatedArgoCd.APPLICATIONS ->
          target(write);
      case SimulatedApiServer.RECORDS -> {
        if (write.writer().operator() && write.after() != null) {
          wishes.record(write);
        } else if (write.writer().operator()) {
          outside.dropped(write.name());
        }
      }
      default -> {}
    }
    syncs.changed(write.writer().operator());
  }

  /** The rules of runs follow the ladder's plan; of another one beside it, what it holds counts. */
  private boolean isOfAnotherPlan(String mark) {
    var claim = world.server().get(SimulatedApiServer.RECORDS, Rules.claim(mark));
    return claim != null
        && world.server().all(SimulatedApiServer.PLANS).values().stream()
            .filter(plan -> !plan.at("/metadata/name").asText().equals(ReferenceLadder.PLAN))
            .anyMatch(plan -> plan.at("/metadata/uid").equals(claim.at("/data/ownerUid")));
  }

  private void target(SimulatedApiServer.Write write) {
    if (GateJobs.isOne(write)) {
      gateJobs.written(write);
      return;
    }
    var mark = write.after() == null ? null : Rules.mark(write.after());
    var effect =
        write.writer().operator() && mark != null && !mark.equals(Rules.mark(write.before()));
    if (effect && !mark.contains("/")) {
      world.violated("DRYRUN", write.name() + " was written by a dry run", null);
      return;
    }
    if (effect && SyncRules.isOfMeans(world, mark)) {
      syncs.effect(write, mark);
      return;
    }
    if (effect && isOfAnotherPlan(mark)) {
      return;
    }
    if (syncs.isFence(write)) {
      syncs.fenced(write);
      return;
    }
    if (SyncRules.isJobOfCronJob(write)) {
      syncs.deleted(write);
      return;
    }
    if (effect) {
      wishes.effect(write, mark);
      undo.effect(write, mark);
    }
    effects.written(write);
    touches.written(write);
    readers.target(write);
  }

  private void plan(SimulatedApiServer.Write write) {
    if (write.after() == null) {
      if (write.writer().operator()) {
        holds.gone(write);
      }
      return;
    }
    if (!write.writer().operator()) {
      steps.edited(write);
      return;
    }
    var before = write.before().at("/status/run");
    if (!(write.after().at("/status/run") instanceof ObjectNode after)) {
      if (before.isObject()) {
        world.violated("I5", "the run was taken out of the status", null);
      }
      return;
    }
    steps.written(write);
    intents.written(before, after);
    holds.dropped(write);
    wishes.plan(write);
    undo.plan(write);
    readers.plan(write);
    outside.plan(write);
    restores.plan(write);
    approvals.plan(write);
    ends.plan(write);
    if (before.path("active").asBoolean() && !after.path("active").asBoolean()) {
      honesty.ended(after);
    }
  }

  /** A request of a process was answered. */
  void requested(String process, Request request, Answer answer) {
    requests.requested(process);
    facts.answered(request, answer);
  }

  RequestRules requests() {
    return requests;
  }

  OutsideRules outside() {
    return outside;
  }

  RestoreRules restores() {
    return restores;
  }

  SyncRules syncs() {
    return syncs;
  }

  Rest rest() {
    return rest;
  }

  /** What must be true when nothing happens any more. */
  void atRest() {
    syncs.atRest();
    var plan = world.plan();
    if (plan == null) {
      return;
    }
    if (plan.at("/status/run") instanceof ObjectNode run) {
      honesty.ended(run);
    }
    holds.atRest(plan);
    ends.atRest(plan);
  }

  int fingerprint() {
    return fingerprint;
  }

  String essence() {
    return Essence.of(world) + effects.essence() + syncs.essence();
  }
}
