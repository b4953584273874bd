package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.images;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.restart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;

/** What Git has again within a second, unless it is held: the broken image. */
final class GitOpsLadders {
  private static final String HELD = "gitOps: {argoCD: [{application: shop, namespace: shop}]}\n";

  private static final String APPLICATION =
      """
      apiVersion: argoproj.io/v1alpha1
      kind: Application
      metadata: {name: shop, annotations: {team: shop}}
      spec:
        source: {targetRevision: 'app:v2'}
        syncPolicy: {automated: {selfHeal: true, enabled: true}}
      """;

  /** The commit is mended before Git is in charge again. */
  static final ReferenceLadder GIT =
      of("git", APPLICATION, BACK)
          .thenRun(in("Idle"), "back")
          .then("mends the commit and releases", in("Mitigated"), GitOpsLadders::mended);

  /** An operation that runs at the beginning would overwrite what is changed meanwhile. */
  static final ReferenceLadder GIT_RUNNING =
      of(
              "git-running",
              APPLICATION.replace("{team: shop}", "{}").replace(", enabled: true", "")
                  + "status: {operationState: {phase: Running}}\noperation: {sync: {}}\n",
              levels(restart("again", "web") + images("back", "web", "app:v1")))
          .thenRun(in("Idle"), "again", "back")
          .then("mends the commit and releases", in("Mitigated"), GitOpsLadders::mended);

  /** Released too early: it is said, and asked again when the commit is mended. */
  static final ReferenceLadder GIT_DIFFERS =
      of("git-differs", APPLICATION, BACK)
          .thenRun(in("Idle"), "back")
          .thenState("Mitigated", "Released")
          .then(
              "mends the commit and answers Retry",
              asked("ReleaseDoubted"),
              (world, plan) -> {
                commit(world);
                ReferenceLadder.answer(plan, "Retry");
              });

  /** Git's image is wanted back: it breaks again, perhaps before the gates say that it did not. */
  static final ReferenceLadder GIT_PROCEED =
      of("git-proceed", APPLICATION, BACK)
          .thenRun(in("Idle"), "back")
          .thenState("Mitigated", "Released")
          .then(
              "answers Proceed",
              asked("ReleaseDoubted"),
              (world, plan) -> ReferenceLadder.answer(plan, "Proceed"))
          .then(
              "answers Accept",
              asked("ReleasedUnhealthy"),
              (world, plan) -> ReferenceLadder.answer(plan, "Accept"))
          .madeRacy();

  static final ReferenceLadder GIT_UNDONE =
      of("git-undone", APPLICATION, BACK)
          .thenRun(in("Idle"), "back")
          .thenState("Mitigated", "Undone")
          .thenSees("Undone", "Undone");

  static final ReferenceLadder GIT_ABORTED =
      of("git-aborted", APPLICATION, BACK)
          .thenRun(in("Idle"), "back")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Undone")
          .madeRacy();

  static final List<ReferenceLadder> ALL =
      List.of(GIT, GIT_RUNNING, GIT_DIFFERS, GIT_PROCEED, GIT_UNDONE, GIT_ABORTED);

  private GitOpsLadders() {}

  private static ReferenceLadder of(String name, String application, String levels) {
    return ReferenceLadder.of(name, GATES + HELD + levels)
        .with(application, deployment("web", "app:v2"));
  }

  private static Predicate<JsonNode> asked(String question) {
    return in("AwaitingAnswer")
        .and(plan -> plan.at("/status/run/question/reason").asText().equals(question));
  }

  private static void mended(Simulation world, ObjectNode plan) {
    commit(world);
    ReferenceLadder.state(plan, "Released");
  }

  private static void commit(Simulation world) {
    world.change(
        "team",
        SimulatedArgoCd.APPLICATIONS,
        "shop",
        it -> it.withObject("/spec/source").put("targetRevision", "app:v1"));
  }
}
