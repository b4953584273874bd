package dev.backstep.action.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Holder;
import dev.backstep.action.PlanFacts;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Autoscalers;
import dev.backstep.cluster.Autoscalers.Limits;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Author;
import dev.backstep.object.ObjectPatch;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** A ledger on a Deployment that is changed as the API server would change it. */
class LedgerTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final List<Hold> holds = new ArrayList<>();
  private final List<String> gone = new ArrayList<>();
  private Autoscalers.Seen autoscalers = workload -> Optional.empty();
  private Deployment worker = deployment(3);
  private Instant now = NOON;

  private static Deployment deployment(int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("worker")
        .withNamespace("shop")
        .withUid("u")
        .withGeneration(7L)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewTemplate()
        .endTemplate()
        .endSpec()
        .build();
  }

  private ActionScope scope(String run, String action) {
    return new ActionScope(
        new Author("shop", "runner"),
        new Holder("RollbackPlan", "plan-of-" + run, run, "bs-run-" + run, action, "scale"),
        now,
        NOON,
        Map.of(),
        Duration.ofMinutes(10),
        Optional.empty(),
        Optional.empty(),
        1,
        List.of(),
        List.copyOf(holds),
        Optional.empty(),
        PlanFacts.NONE,
        false);
  }

  private Holding known() {
    return (entry, target) -> !gone.contains(entry.run());
  }

  private Optional<String> obstacle(String run, String action, int replicas) {
    return Ledger.obstacle(live(), replicas, scope(run, action), known());
  }

  private Workload live() {
    return Workloads.workload(worker);
  }

  private Optional<ObjectPatch> change(String run, String action, int replicas) {
    return Ledger.hold(live(), replicas, scope(run, action));
  }

  /** Takes a hold; the next one is taken a second later. */
  private Hold hold(String run, String action, int replicas) {
    assertThat(obstacle(run, action, replicas)).isEmpty();
    var change = change(run, action, replicas).orElseThrow();
    apply(change);
    now = now.plusSeconds(1);
    holds.add(change.takes());
    return change.takes();
  }

  private GivingBack.Decision giving(Hold hold) {
    return new GivingBack(live(), hold, known(), autoscalers).decide();
  }

  private ObjectPatch release(Hold hold) {
    var change = ((GivingBack.Decision.Possible) giving(hold)).change();
    apply(change);
    holds.remove(change.givesBack());
    return change;
  }

  private void apply(ObjectPatch change) {
    var builder = new DeploymentBuilder(worker);
    for (var operation : change.patch()) {
      var path = operation.path("path").asText();
      var value = operation.path("value");
      if (path.equals("/spec/replicas")) {
        builder.editSpec().withReplicas(value.asInt()).endSpec();
      } else if (path.startsWith("/metadata/annotations/")) {
        annotate(builder, path.substring("/metadata/annotations/".length()), operation);
      }
    }
    worker = builder.build();
  }

  private static void annotate(DeploymentBuilder builder, String path, JsonNode operation) {
    var key = path.replace("~1", "/").replace("~0", "~");
    var metadata = builder.editMetadata();
    if (operation.path("op").asText().equals("remove")) {
      assertThat(metadata.getAnnotations()).as("what is removed is there").containsKey(key);
      metadata.removeFromAnnotations(key).endMetadata();
    } else {
      metadata.addToAnnotations(key, operation.path("value").asText()).endMetadata();
    }
  }

  private void scaledByHand(int replicas) {
    worker.getSpec().setReplicas(replicas);
  }

  private void written(String key, String value) {
    worker =
        new DeploymentBuilder(worker)
            .editMetadata()
            .addToAnnotations(key, value)
            .endMetadata()
            .build();
  }

  private int replicas() {
    return worker.getSpec().getReplicas();
  }

  private static List<String> paths(ObjectPatch change) {
    return StreamSupport.stream(change.patch().spliterator(), false)
        .map(operation -> operation.path("path").asText())
        .toList();
  }

  private void nothingIsLeft() {
    assertThat(Annotations.of(worker)).isEmpty();
  }

  @Test
  void theFirstHolderWritesTheNumberDownThatComesBack() {
    // when
    var hold = hold("INC-1", "stop", 0);

    // then
    assertThat(replicas()).isZero();
    assertThat(Annotations.of(worker))
        .containsEntry("backstep.dev/held-replicas", "3")
        .containsValue("RollbackPlan:plan-of-INC-1/INC-1/stop/0/2026-01-02T12:00:00Z");
    assertThat(hold)
        .isEqualTo(
            new Hold(
                "INC-1", "bs-run-INC-1", "stop", "scale", "Deployment", "worker", "3", "0", NOON));
  }

  @Test
  void anAnnotationsNameIsNotLongerThanTheApiServerAllows() {
    // when
    var entry =
        LedgerEntry.taken(
            "bs-run-0123456789abcdef",
            "RollbackPlan",
            "p".repeat(253),
            "r".repeat(60),
            "a".repeat(63),
            0,
            NOON);

    // then
    assertThat(entry.key().substring("backstep.dev/".length())).hasSizeLessThanOrEqualTo(63);
  }

  @Test
  void theSecondHolderKeepsTheFirstOnesNumberAndDoesNotCaptureTheZero() {
    // given
    hold("INC-1", "stop", 0);

    // when
    var second = hold("INC-2", "stop", 0);

    // then
    assertThat(second.original()).isEqualTo("3");
    assertThat(Annotations.of(worker)).containsEntry("backstep.dev/held-replicas", "3");
  }

  @Test
  void whatWasStoppedBeforeIsNotHeldAndSoNeverStarted() {
    // given
    worker = deployment(0);

    // then
    assertThat(change("INC-1", "stop", 0)).isEmpty();
  }

  @Test
  void aNumberThatIsLeftOverWithoutAnyHoldIsNotTheOneToComeBack() {
    // given
    written("backstep.dev/held-replicas", "9");
    written("backstep.dev/found-replicas", "8");

    // when
    var hold = hold("INC-1", "stop", 0);
    release(hold);

    // then
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void twoHoldsOfOneRunHaveTheNumberOfTheNewerOneAndGoBackStepByStep() {
    // given
    var first = hold("INC-1", "drain", 1);
    var second = hold("INC-1", "stop", 0);
    assertThat(replicas()).isZero();
    assertThat(change("INC-1", "drain", 1)).as("the older one is done").isEmpty();

    // when
    release(second);

    // then
    assertThat(replicas()).isEqualTo(1);
    release(first);
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void aRunMayRaiseWhatItKeepsLowerItself() {
    // given
    var first = hold("INC-1", "stop", 0);

    // when
    var second = hold("INC-1", "trickle", 1);

    // then
    assertThat(replicas()).isEqualTo(1);
    release(second);
    assertThat(replicas()).isZero();
    release(first);
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void theOlderHoldMayGoFirst() {
    // given
    var first = hold("INC-1", "drain", 1);
    var second = hold("INC-1", "stop", 0);

    // when
    release(first);

    // then
    assertThat(replicas()).isZero();
    release(second);
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void aLowerNumberOfAnotherRunIsSimplyTaken() {
    // given
    var first = hold("INC-1", "drain", 1);

    // when
    var second = hold("INC-2", "stop", 0);

    // then
    assertThat(replicas()).isZero();
    assertThat(change("INC-1", "drain", 1)).as("the first one does not fight").isEmpty();
    release(first);
    assertThat(replicas()).isZero();
    release(second);
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void nobodyRaisesWhatAnotherRunKeepsLower() {
    // given
    hold("INC-1", "stop", 0);

    // when
    var obstacle = obstacle("INC-2", "trickle", 1);

    // then
    assertThat(obstacle)
        .hasValue(
            "Deployment worker is kept at 0 replicas by run INC-1 of RollbackPlan plan-of-INC-1"
                + " (action stop) since 2026-01-02T12:00:00Z; 1 would be more. Give that back"
                + " first, or go on without this action.");
  }

  @Test
  void whatTheOtherRunWantsIsTheNumberOfItsNewestHold() {
    // given
    hold("INC-1", "stop", 0);
    hold("INC-1", "trickle", 2);

    // then
    assertThat(obstacle("INC-2", "drain", 2)).isEmpty();
    assertThat(obstacle("INC-2", "drain", 3)).isPresent();
  }

  @Test
  void holdsOfOneInstantHaveAnOrder() {
    // given
    hold("INC-1", "z", 0);
    now = NOON;

    // when
    var second = hold("INC-1", "a", 1);

    // then
    assertThat(second.since()).isAfter(NOON);
    assertThat(change("INC-1", "z", 0)).isEmpty();
  }

  @Test
  void whatSomebodyElseSetMeanwhileIsLeftAndSaid() {
    // given
    var hold = hold("INC-1", "stop", 0);
    scaledByHand(5);

    // when
    var change = release(hold);

    // then
    assertThat(paths(change)).noneMatch(path -> path.contains("/spec/replicas"));
    assertThat(change.summary()).contains("somebody else set 5 replicas meanwhile", "it had 3");
    assertThat(change.givesBack()).isEqualTo(hold);
    nothingIsLeft();
  }

  @Test
  void whatSomebodyElseSetMeanwhileIsLeftByEveryHold() {
    // given
    var first = hold("INC-1", "drain", 1);
    var second = hold("INC-2", "stop", 0);
    scaledByHand(5);

    // when
    release(second);
    release(first);

    // then
    assertThat(replicas()).isEqualTo(5);
    nothingIsLeft();
  }

  @Test
  void whatSomebodyElseChangedBackIsSetAgainByTheNewestHoldOnly() {
    // given
    hold("INC-1", "drain", 1);
    hold("INC-1", "stop", 0);
    scaledByHand(3);

    // then
    assertThat(change("INC-1", "drain", 1)).isEmpty();
    apply(change("INC-1", "stop", 0).orElseThrow());
    assertThat(replicas()).isZero();
    assertThat(Annotations.of(worker)).containsEntry("backstep.dev/held-replicas", "3");
  }

  @Test
  void anEntryThatIsGoneIsNoProofThatTheHoldWasGivenUp() {
    // given
    var hold = hold("INC-1", "stop", 0);
    worker.getMetadata().getAnnotations().clear();

    // when
    var giving = giving(hold);

    // then
    assertThat(((GivingBack.Decision.Blocked) giving).why())
        .contains("kubectl -n shop scale deployment/worker --replicas=3, then answer Retry.");
    scaledByHand(3);
    release(hold);
    assertThat(replicas()).isEqualTo(3);
  }

  @Test
  void anEntryThatIsGoneLeavesTheHoldsOfOthers() {
    // given
    var ours = hold("INC-1", "stop", 0);
    hold("OTHER", "stop", 0);
    worker.getMetadata().getAnnotations().keySet().removeIf(key -> key.contains("run-INC-1"));

    // when
    release(ours);

    // then
    assertThat(replicas()).isZero();
    assertThat(Annotations.of(worker)).containsEntry("backstep.dev/held-replicas", "3");
  }

  @Test
  void whatAnOrphanKeepsDownIsNotCalledGivenBack() {
    // given
    hold("OLD", "stop", 0);
    var ours = hold("INC-1", "stop", 0);
    gone.add("OLD");

    // when
    var giving = giving(ours);

    // then
    var why = ((GivingBack.Decision.Blocked) giving).why();
    assertThat(why)
        .contains(
            "Deployment worker is still held at 0 replicas by run OLD of RollbackPlan plan-of-OLD"
                + " (action stop) since 2026-01-02T12:00:00Z, which does not exist any more",
            "kubectl -n shop annotate deployment/worker backstep.dev/held-by.bs-run-OLD.",
            "then answer Retry")
        .doesNotContain("held-replicas-", "kubectl -n shop scale");
  }

  @Test
  void onceAHumanDroppedTheOrphanTheReplicasComeBack() {
    // given
    hold("OLD", "stop", 0);
    var ours = hold("INC-1", "stop", 0);
    gone.add("OLD");
    worker.getMetadata().getAnnotations().keySet().removeIf(key -> key.contains("run-OLD"));

    // when
    release(ours);

    // then
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void aHolderThatExistsKeepsItDownAndIsNamed() {
    // given
    hold("OTHER", "stop", 0);
    var ours = hold("INC-1", "stop", 0);

    // when
    var change = release(ours);

    // then
    assertThat(replicas()).isZero();
    assertThat(change.summary())
        .startsWith("Deployment worker: stays at 0 replicas for run OTHER of RollbackPlan");
  }

  @Test
  void aNumberFromBeforeSomebodyElsesChangeIsNotPutBackWithoutAsking() {
    // given
    hold("OLD", "stop", 0);
    gone.add("OLD");
    scaledByHand(5);
    var ours = hold("INC-1", "stop", 0);
    worker.getMetadata().getAnnotations().keySet().removeIf(key -> key.contains("run-OLD"));

    // when
    var giving = giving(ours);

    // then
    assertThat(((GivingBack.Decision.Blocked) giving).why())
        .contains(
            "had 3 replicas before it was held, and 5",
            "kubectl -n shop scale deployment/worker --replicas=<number>, then answer Retry.");
    scaledByHand(5);
    release(ours);
    assertThat(replicas()).isEqualTo(5);
    nothingIsLeft();
  }

  @Test
  void withTheSameNumberAsBeforeNobodyNeedsToBeAsked() {
    // given
    var first = hold("INC-1", "stop", 0);
    scaledByHand(3);
    var second = hold("INC-2", "stop", 0);

    // when
    release(second);
    release(first);

    // then
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  private void autoscaled(int min, int max) {
    autoscalers = workload -> Optional.of(new Limits("worker", workload, min, max));
  }

  private Optional<String> otherwise(Hold hold) {
    return GivingBack.otherwise(live(), hold, autoscalers);
  }

  @Test
  void whatComesBackIsAsNearToTheOriginalAsAnAutoscalerAllows() {
    // given
    var hold = hold("INC-1", "stop", 0);
    autoscaled(5, 10);

    // when
    var change = release(hold);

    // then
    assertThat(replicas()).isEqualTo(5);
    assertThat(change.summary())
        .isEqualTo(
            "Deployment worker: 0 -> 5 replicas (it had 3, which HorizontalPodAutoscaler worker (5 to 10 replicas) does not allow)");
    assertThat(otherwise(hold)).isEmpty();
    nothingIsLeft();
  }

  @Test
  void whatAnAutoscalerChoseSinceIsNoDrift() {
    // given
    var hold = hold("INC-1", "stop", 0);
    autoscaled(2, 10);
    release(hold);

    // when
    scaledByHand(7);

    // then
    assertThat(otherwise(hold)).isEmpty();
    scaledByHand(11);
    assertThat(otherwise(hold).orElseThrow()).contains("somebody else set since");
    scaledByHand(0);
    assertThat(otherwise(hold).orElseThrow()).contains("somebody else set since");
  }

  @Test
  void whatAnAutoscalerChoseWhileItWasHeldStays() {
    // given
    var hold = hold("INC-1", "drain", 1);
    autoscaled(2, 10);
    scaledByHand(4);

    // when
    var change = release(hold);

    // then
    assertThat(replicas()).isEqualTo(4);
    assertThat(change.summary())
        .isEqualTo(
            "Deployment worker: stays at 4 replicas, which HorizontalPodAutoscaler worker (2 to 10 replicas) chose (it had 3 before the first hold)");
    nothingIsLeft();
  }

  @Test
  void whatAnAutoscalerHadChosenBetweenTwoHoldsIsNotAskedAbout() {
    // given
    hold("OLD", "drain", 1);
    gone.add("OLD");
    scaledByHand(4);
    var ours = hold("INC-1", "stop", 0);
    worker.getMetadata().getAnnotations().keySet().removeIf(key -> key.contains("run-OLD"));
    autoscaled(2, 10);

    // when
    release(ours);

    // then
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void thatLimitsAreNotKnownIsSaid() {
    // given
    var hold = hold("INC-1", "stop", 0);
    nobodyKnowsTheLimits();

    // then
    assertThat(release(hold).summary())
        .isEqualTo("Deployment worker: 0 -> 3 replicas (nobody knows)");
  }

  @Test
  void nobodyIsBlamedForANumberWhileLimitsAreNotKnown() {
    // given
    var hold = hold("INC-1", "stop", 0);
    autoscaled(4, 6);
    release(hold);

    // when
    nobodyKnowsTheLimits();

    // then
    assertThat(otherwise(hold))
        .hasValue(
            "Deployment worker has 4 replicas, and nobody knows, so it was left as it is (it had 3).");
  }

  private void nobodyKnowsTheLimits() {
    autoscalers =
        new Autoscalers.Seen() {
          @Override
          public Optional<Limits> of(WorkloadRef workload) {
            return Optional.empty();
          }

          @Override
          public Optional<String> unknown() {
            return Optional.of("nobody knows");
          }
        };
  }

  @Test
  void anOrphanIsNotRaisedEither() {
    // given
    hold("OLD", "stop", 0);
    gone.add("OLD");

    // when
    var obstacle = obstacle("INC-1", "trickle", 1);

    // then
    assertThat(obstacle.orElseThrow())
        .contains("would be scaled to 1 replicas", "does not exist any more", "held-replicas-");
  }

  @Test
  void entriesWithoutANumberCanBeRead() {
    // given
    worker = deployment(0);
    written("backstep.dev/held-replicas", "3");
    written("backstep.dev/held-by.bs-run-INC-1", "INC-1/stop");
    var hold =
        new Hold("INC-1", "bs-run-INC-1", "stop", "scale", "Deployment", "worker", "3", "0", NOON);

    // then
    assertThat(change("INC-1", "stop", 0)).isEmpty();
    release(hold);
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void withoutTheNumberThatComesBackNothingMoreIsHeld() {
    // given
    hold("INC-1", "stop", 0);
    holds.clear();
    worker.getMetadata().getAnnotations().remove("backstep.dev/held-replicas");

    // when
    var obstacle = obstacle("INC-2", "stop", 0);

    // then
    assertThat(obstacle.orElseThrow())
        .contains("annotate deployment/worker backstep.dev/held-replicas=<number>");
  }

  @Test
  void theStatusKnowsTheNumberThatComesBackAsWell() {
    // given
    var first = hold("INC-1", "stop", 0);
    worker.getMetadata().getAnnotations().remove("backstep.dev/held-replicas");

    // when
    var second = hold("INC-1", "trickle", 1);
    release(second);
    release(first);

    // then
    assertThat(replicas()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void whatIsHeldUpComesDownAgain() {
    // given
    var hold = hold("INC-1", "more", 6);
    assertThat(replicas()).isEqualTo(6);

    // when
    release(hold);

    // then
    assertThat(replicas()).isEqualTo(3);
  }
}
