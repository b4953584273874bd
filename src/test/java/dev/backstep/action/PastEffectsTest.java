package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Records;
import dev.backstep.effect.Images;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an action did, read from its status and its images. */
class PastEffectsTest {
  private static final String CLAIM = "bs-run-1";

  private final MemoryCluster cluster = new MemoryCluster();
  private final Images images = cluster.bean(Images.class);

  private static ObjectPatch change(String name) {
    var map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(MemoryCluster.NAMESPACE)
            .withName(name)
            .withResourceVersion("1")
            .addToAnnotations("a", "b")
            .endMetadata()
            .build();
    return PatchBuilder.of(map)
        .set("/data/a", TextNode.valueOf("old"), TextNode.valueOf("new"))
        .build("ConfigMap " + name);
  }

  private EffectStatus sent(
      Intent.Verb verb, int number, List<EffectResult> results, String... on) {
    var effects = Arrays.stream(on).map(PastEffectsTest::change).toList();
    var owner = new Records.Owner("RollbackPlan", MemoryCluster.NAMESPACE, "web");
    return EffectStatusBuilder.builder()
        .verb(verb)
        .number(number)
        .attempt(1)
        .targets(on.length)
        .images(images.keep(owner, CLAIM, "flag", effects))
        .results(results)
        .build();
  }

  private static EffectResult result(int part, How how) {
    return new EffectResult(part, "ConfigMap", how, null, null);
  }

  private PastEffects past(EffectStatus... sent) {
    return new PastEffects(images, MemoryCluster.NAMESPACE, CLAIM, "flag", List.of(sent));
  }

  private static List<String> summaries(List<Sent<?>> sent) {
    return sent.stream().map(it -> it.effect().summary()).toList();
  }

  @Test
  void whatWasAppliedIsKnownWithItsMarks() {
    // given
    var past =
        past(
            sent(Intent.Verb.Apply, 1, List.of(), "a", "b"),
            sent(Intent.Verb.Apply, 2, List.of(), "c"));

    // then
    assertThat(past.applied())
        .containsExactly(
            new Sent<>(change("a"), mark(Intent.Verb.Apply, 1, 0), applied()),
            new Sent<>(change("b"), mark(Intent.Verb.Apply, 1, 1), applied()),
            new Sent<>(change("c"), mark(Intent.Verb.Apply, 2, 0), applied()));
    assertThat(past.back()).isEmpty();
  }

  private static Mark mark(Intent.Verb verb, int number, int part) {
    return new Mark(CLAIM, "flag", verb, number, part);
  }

  private static Outcome applied() {
    return new Outcome.Applied(null);
  }

  /** What did not reach its target is not taken back from it. */
  @Test
  void whatDidNotReachItsTargetWasNotApplied() {
    // given
    var results =
        List.of(
            result(0, How.Refused),
            result(1, How.Unknown),
            result(2, How.Gone),
            result(3, How.Failed),
            result(4, How.NotSent));

    // when
    var applied = past(sent(Intent.Verb.Apply, 1, results, "a", "b", "c", "d", "e", "f")).applied();

    // then
    assertThat(summaries(applied)).containsExactly("ConfigMap f");
  }

  /** Release and Undo, however they ended: whoever takes back has to know what is still open. */
  @Test
  void whatWasSentToTakeItBackIsKnownWithItsOutcome() {
    // given
    var past =
        past(
            sent(Intent.Verb.Apply, 1, List.of(), "a"),
            sent(Intent.Verb.Release, 1, List.of(result(0, How.Unknown)), "b"),
            sent(Intent.Verb.Undo, 1, List.of(result(0, How.Failed)), "c"),
            sent(Intent.Verb.Undo, 2, List.of(), "d"));

    // when
    var back = past.back();

    // then
    assertThat(summaries(back)).containsExactly("ConfigMap b", "ConfigMap c", "ConfigMap d");
    assertThat(back.get(0).mark()).isEqualTo(mark(Intent.Verb.Release, 1, 0));
    assertThat(back.get(0).outcome()).isInstanceOf(Outcome.Unknown.class);
    assertThat(back.get(1).outcome()).isInstanceOf(Outcome.Refused.class);
    assertThat(back.get(2).outcome()).isEqualTo(applied());
    assertThat(summaries(past.applied())).containsExactly("ConfigMap a");
  }

  @Test
  void whatATargetSaidIsKept() {
    // given
    var results = List.of(new EffectResult(1, "ConfigMap b", How.Applied, "3 rows", "one is new"));

    // when
    var applied = past(sent(Intent.Verb.Apply, 1, results, "a", "b")).applied();

    // then
    assertThat(applied)
        .extracting(Sent::outcome)
        .containsExactly(applied(), new Outcome.Applied(null, "3 rows", "one is new"));
  }

  @Test
  void anImageThatWasDeletedIsSaidWithTheEffect() {
    // given
    var first = sent(Intent.Verb.Apply, 1, List.of(), "a");
    var second = sent(Intent.Verb.Apply, 2, List.of(), "b");
    cluster
        .client()
        .apps()
        .controllerRevisions()
        .inNamespace(MemoryCluster.NAMESPACE)
        .withName(second.images().get(0))
        .delete();
    var past = past(first, second);

    // then
    assertThatThrownBy(past::applied)
        .isInstanceOf(PastEffects.LostException.class)
        .hasMessage(
            "what its effect 2 replaced is not known: the ControllerRevision that kept it was deleted. Put it back by hand, then answer Skip.");
    assertThat(past.back()).isEmpty();
  }
}
