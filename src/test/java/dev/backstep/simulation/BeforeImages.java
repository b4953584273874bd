package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/** What before-images say of a target, compared with what was there and what was written. */
final class BeforeImages {
  private BeforeImages() {}

  /** The place at which an image is wrong about what was there; empty: at none. */
  static String before(JsonNode before, JsonNode change) {
    for (var edit : change.path("edits")) {
      var place = edit.path("pointer").asText();
      var live = before.at(place);
      var was = edit.path("before");
      var same = nothing(live) || inserted(before, change, place) ? nothing(was) : live.equals(was);
      if (!same) {
        return place;
      }
    }
    return "";
  }

  /** True when a new element of a list was put there, before the one that is there. */
  private static boolean inserted(JsonNode before, JsonNode change, String place) {
    return before.at(place.substring(0, place.lastIndexOf('/'))).isArray()
        && Rules.each(change.path("patch"))
            .filter(operation -> operation.path("path").asText().equals(place))
            .anyMatch(operation -> operation.path("op").asText().equals("add"));
  }

  /** The API server leaves out what is empty. */
  private static boolean nothing(JsonNode value) {
    return value.isMissingNode() || value.isNull() || value.isObject() && value.isEmpty();
  }

  /** The place at which something else was written than the image says; empty: at none. */
  static String after(SimulatedApiServer.Write write, JsonNode change) {
    for (var operation : change.path("patch")) {
      var path = operation.path("path").asText();
      var exact =
          operation.has("value") && !path.endsWith("annotations") && !goneInto(change, path);
      if (exact && !write.after().at(path).equals(operation.path("value"))) {
        return path;
      }
    }
    for (var part : List.of("/spec", "/data", "/binaryData", "/metadata/labels")) {
      var more = unsaid(write, change, part);
      if (!more.isEmpty()) {
        return more;
      }
    }
    return "";
  }

  /** True when this was only made so that something can be set in it. */
  private static boolean goneInto(JsonNode change, String path) {
    return Rules.each(change.path("patch"))
        .anyMatch(it -> it.path("path").asText().startsWith(path + "/"));
  }

  /** What was changed in this part of the object though the image does not say so. */
  private static String unsaid(SimulatedApiServer.Write write, JsonNode change, String part) {
    var before = write.before().at(part);
    var after = write.after().at(part);
    var names = new HashSet<String>();
    before.fieldNames().forEachRemaining(names::add);
    after.fieldNames().forEachRemaining(names::add);
    return names.stream()
        .filter(name -> !Objects.equals(before.get(name), after.get(name)))
        .map(name -> part + "/" + name)
        .filter(
            place ->
                Rules.each(change.path("patch"))
                    .map(operation -> operation.path("path").asText())
                    .noneMatch(path -> path.startsWith(place) || place.startsWith(path)))
        .sorted()
        .findFirst()
        .orElse("");
  }
}
