package dev.backstep.object;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class PlaceTest {
  private static final Place RULES = Place.at("/spec/rules");
  private static final ObjectNode ROUTE =
      Serialization.unmarshal(
          """
          spec:
            rules:
            - paths: [{path: /a, type: Prefix}, {path: /a, type: Exact}, {path: "/~[b]", type: Exact}]
            - {host: shop, filters: [{set: [{value: run/1}]}]}
          """,
          ObjectNode.class);

  @Test
  void anElementIsNamedByWhatItSaysOfItself() {
    assertThat(RULES.element("host", "shop").pointer(ROUTE)).isEqualTo("/spec/rules/1");
    assertThat(RULES.element("host", "other").pointer(ROUTE)).isEqualTo("/spec/rules/-");
  }

  @Test
  void anElementThatDoesNotSayItIsTheOneWithAnEmptyName() {
    assertThat(RULES.element("host", "").pointer(ROUTE)).isEqualTo("/spec/rules/0");
  }

  @Test
  void oneThingMayNotBeEnoughToTellElementsApart() {
    var paths = RULES.element("host", "").member("paths");

    assertThat(paths.element("path", "/a").and("type", "Exact").member("x").pointer(ROUTE))
        .isEqualTo("/spec/rules/0/paths/1/x");
    assertThat(paths.element("path", "/a").and("type", "Other").in(ROUTE).isMissingNode()).isTrue();
  }

  @Test
  void whatItSaysMayStandDeepInIt() {
    var place = RULES.element("filters/0/set/0/value", "run/1").member("host");

    assertThat(place.in(ROUTE).asText()).isEqualTo("shop");
  }

  @Test
  void aNameMayHaveBracketsInIt() {
    var paths = RULES.element("host", "").member("paths");

    assertThat(paths.element("path", "/~[b]").and("type", "Exact").pointer(ROUTE))
        .isEqualTo("/spec/rules/0/paths/2");
  }
}
