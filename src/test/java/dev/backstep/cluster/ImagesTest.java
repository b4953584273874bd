package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What targets looked like, kept in objects of bounded size. */
class ImagesTest {
  private static final String RECORDS = "controllerrevisions";
  private static final String MARK = "bs-run-1/back/1";
  private static final Records.Owner OWNER = new Records.Owner(MemoryCluster.NAMESPACE, "web");

  private final MemoryCluster cluster = new MemoryCluster();
  private final Images images = new Images(cluster.client());

  private static Change change(String name, String before, String after) {
    var json = JsonNodeFactory.instance;
    var map = new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
    return ChangeBuilder.of(map)
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

  private Images.Kept keep(List<Change> changes) {
    return images.keep(OWNER, "bs-run-1", MARK, changes);
  }

  private List<Change> kept() {
    return images.of(MemoryCluster.NAMESPACE, MARK);
  }

  private int size(String name) {
    return cluster
        .client()
        .getKubernetesSerialization()
        .asJson(cluster.find(ControllerRevision.class, RECORDS, name).orElseThrow())
        .length();
  }

  @Test
  void whatIsKeptIsFoundUnderItsNamesAndItsMark() {
    // given
    var changes = List.of(change("a", "1", "2"), change("b", "1", "2"));

    // when
    var names = keep(changes).names();

    // then
    assertThat(names).hasSize(1);
    assertThat(images.read(MemoryCluster.NAMESPACE, names)).contains(changes);
    assertThat(kept()).isEqualTo(changes);
  }

  /** Another process may have sent that one already. */
  @Test
  void whatIsThereAlreadyIsTaken() {
    // given
    var first = List.of(change("a", "1", "2"));
    keep(first);

    // when
    var second = keep(List.of(change("a", "9", "2")));

    // then
    assertThat(second.changes()).isEqualTo(first);
  }

  @Test
  void manyTargetsAreKeptInSeveralObjects() {
    // given
    var changes =
        IntStream.range(0, 20).mapToObj(i -> change("map-" + i, text(50_000), "x")).toList();

    // when
    var names = keep(changes).names();

    // then
    assertThat(names).hasSizeGreaterThan(1).allMatch(name -> size(name) < 1_000_000);
    assertThat(kept()).isEqualTo(changes);
  }

  /** Its content is in the image twice: as it was, and as it is to be. */
  @Test
  void aLargeConfigMapFits() {
    // given
    var large = change("large", text(800_000), text(800_000) + "more");

    // when
    var names = keep(List.of(change("small", "1", "2"), large)).names();

    // then
    assertThat(names).allMatch(name -> size(name) < 1_400_000);
    assertThat(kept()).containsExactly(change("small", "1", "2"), large);
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
    var names = keep(changes).names();

    // when
    var last = names.get(names.size() - 1);
    cluster.client().apps().controllerRevisions().inNamespace("shop").withName(last).delete();

    // then
    assertThat(kept()).isEmpty();
    assertThat(images.read(MemoryCluster.NAMESPACE, names)).isEmpty();
  }
}
