package dev.backstep.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.Json;
import dev.backstep.cluster.Records;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What targets looked like, kept in objects of bounded size. */
class ImagesTest {
  private static final String RECORDS = "controllerrevisions";
  private static final String ACTION = "back";
  private static final Records.Owner OWNER =
      new Records.Owner("RollbackPlan", MemoryCluster.NAMESPACE, "web");

  private final MemoryCluster cluster = new MemoryCluster();
  private final Images images = cluster.bean(Images.class);

  private static ObjectPatch change(String name, String before, String after) {
    var json = JsonNodeFactory.instance;
    var map = new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
    return PatchBuilder.of(map)
        .set("/data", json.textNode(before), json.textNode(after))
        .build("ConfigMap " + name);
  }

  /** Lines as they are in a configuration file. */
  private static String text(int size) {
    var lines = new StringBuilder();
    for (var line = 0; lines.length() < size; line++) {
      lines.append("setting.").append(line).append(" = \"value\"\n");
    }
    return lines.toString();
  }

  /** What cannot be compressed. */
  private static String noise(int size) {
    var random = new Random(1);
    return random
        .ints(size, 0, 64)
        .mapToObj(i -> String.valueOf((char) ('0' + i)))
        .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
        .toString();
  }

  private List<String> keep(List<ObjectPatch> changes) {
    return images.keep(OWNER, "bs-run-1", ACTION, changes);
  }

  private List<Effect> read(List<String> names) {
    return images.read(MemoryCluster.NAMESPACE, names).orElseThrow();
  }

  private int size(String name) {
    return cluster
        .client()
        .getKubernetesSerialization()
        .asJson(cluster.find(ControllerRevision.class, RECORDS, name).orElseThrow())
        .length();
  }

  @Test
  void whatIsKeptIsFoundUnderItsNames() {
    // given
    var changes = List.of(change("a", "1", "2"), change("b", "1", "2"));

    // when
    var names = keep(changes);

    // then
    assertThat(names).hasSize(1);
    assertThat(read(names)).isEqualTo(changes);
  }

  /** What is done again for days does not fill the namespace. */
  @Test
  void theSameEffectsAgainShareTheImage() {
    // given
    var names = keep(List.of(change("a", "1", "2")));

    // when
    var again = keep(List.of(change("a", "1", "2")));

    // then
    assertThat(again).isEqualTo(names);
    assertThat(cluster.names(RECORDS)).hasSize(1);
  }

  @Test
  void otherActionsAndOtherRunsHaveImagesOfTheirOwn() {
    // given
    var changes = List.of(change("a", "1", "2"));
    var names = keep(changes);

    // then
    assertThat(images.keep(OWNER, "bs-run-1", "other", changes)).isNotEqualTo(names);
    assertThat(images.keep(OWNER, "bs-run-2", ACTION, changes)).isNotEqualTo(names);
  }

  /** The one before may never have been sent, so it says nothing about what comes after it. */
  @Test
  void otherContentHasANameOfItsOwn() {
    // given
    var first = keep(List.of(change("a", "1", "2")));

    // when
    var second = keep(List.of(change("a", "9", "2")));

    // then
    assertThat(second).doesNotContainAnyElementsOf(first);
    assertThat(keep(List.of(change("a", "1", "2")))).isEqualTo(first);
  }

  /** Nobody guesses what another version meant. */
  @Test
  void whatAnotherVersionKeptIsNotRead() {
    // given
    var record =
        Records.create(
            cluster.client(),
            OWNER,
            "image",
            "bs-img-old",
            Map.of(),
            JsonNodeFactory.instance.objectNode().putArray("changes").addObject());

    // then
    assertThat(images.read(MemoryCluster.NAMESPACE, List.of(record.getMetadata().getName())))
        .isEmpty();
  }

  /** Among effects that this version knows, too: all of an intent are taken back, or none is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'effects': [{'sort': 'Teleport', 'target': 'web'}]}",
        "{'effects': [{'sort': 'ObjectPatch', 'fromTheFuture': 1}]}",
        "{'effects': [], 'signature': 'x'}",
      })
  void whatAnotherVersionWroteInThisFormIsNotReadEither(String json) throws IOException {
    // given
    var content = Json.MAPPER.readTree(json.replace('\'', '"'));
    var record = Records.create(cluster.client(), OWNER, "image", "bs-img-new", Map.of(), content);

    // then
    assertThat(images.read(MemoryCluster.NAMESPACE, List.of("bs-img-new"))).isEmpty();
    assertThat(images.of(record)).isEmpty();
  }

  @Test
  void manyTargetsAreKeptInSeveralObjects() {
    // given
    var changes =
        IntStream.range(0, 20).mapToObj(i -> change("map-" + i, text(50_000), "x")).toList();

    // when
    var names = keep(changes);

    // then
    assertThat(names).hasSizeGreaterThan(1).allMatch(name -> size(name) < 1_000_000);
    assertThat(read(names)).isEqualTo(changes);
  }

  /** Its content is in the image twice: as it was, and as it is to be. */
  @Test
  void aLargeConfigMapFits() {
    // given
    var large = change("large", text(800_000), text(800_000) + "more");

    // when
    var names = keep(List.of(change("small", "1", "2"), large));

    // then
    assertThat(names).allMatch(name -> size(name) < 1_400_000);
    assertThat(read(names)).containsExactly(change("small", "1", "2"), large);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnythingIsKept() {
    // given
    var large = change("large", noise(900_000), noise(900_000));

    // then
    assertThatThrownBy(() -> keep(List.of(change("small", "1", "2"), large)))
        .isInstanceOf(Images.TooLargeException.class)
        .hasMessageContaining("ConfigMap large is too large")
        .hasMessageContaining("configMaps: false");
    assertThat(cluster.names(RECORDS)).isEmpty();
  }

  /** Half of what was changed would be put back, and called all of it. */
  @Test
  void anImageOfWhichOnePartIsLostIsLost() {
    // given
    var changes =
        IntStream.range(0, 20).mapToObj(i -> change("map-" + i, text(50_000), "x")).toList();
    var names = keep(changes);

    // when
    var last = names.get(names.size() - 1);
    cluster.client().apps().controllerRevisions().inNamespace("shop").withName(last).delete();

    // then
    assertThat(images.read(MemoryCluster.NAMESPACE, names)).isEmpty();
  }
}
