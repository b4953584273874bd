package dev.backstep.object;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A place in an object: a JSON pointer in which elements of lists are named by what they say of
 * themselves, because their index changes when somebody inserts another one.
 *
 * @param text such as {@code /spec/template/spec/containers[name=app]/env[name=FLAG]}
 */
public record Place(@JsonValue String text) {
  private static final Pattern SEGMENT = Pattern.compile("/([^/\\[]*)((?:\\[[^=\\]]+=[^\\]]*])*)");
  private static final Pattern SAYING = Pattern.compile("\\[([^=\\]]+)=([^\\]]*)]");

  @JsonCreator
  public Place {}

  /** A place that is an ordinary JSON pointer. */
  public static Place at(String pointer) {
    return new Place(pointer);
  }

  /**
   * An element of the list at this place.
   *
   * @param key a member of the element that tells it from others, or the path of one deeper in it,
   *     without its first slash
   * @param value what it says; empty: nothing
   */
  public Place element(String key, String value) {
    return new Place("%s[%s=%s]".formatted(text, key, value.replace("~", "~0").replace("]", "~2")));
  }

  /** The same element, where one member is not enough to tell it from others. */
  public Place and(String key, String value) {
    return element(key, value);
  }

  /** A member of the object at this place. */
  public Place member(String name) {
    return new Place("%s/%s".formatted(text, escaped(name)));
  }

  /** The value there; missing when there is none. */
  public JsonNode in(JsonNode object) {
    return object.at(pointer(object));
  }

  /**
   * The JSON pointer of the place in this object; an element that a list does not have is a new one
   * at its end.
   */
  public String pointer(JsonNode object) {
    var pointer = new StringBuilder();
    for (var segment : segments()) {
      pointer.append('/').append(segment.name());
      if (segment.inList()) {
        var index = index(object.at(pointer.toString()), segment);
        pointer.append('/').append(index);
      }
    }
    return pointer.toString();
  }

  /** What this place is in that the object does not have, outermost first. */
  List<Missing> missing(JsonNode object) {
    var missing = new ArrayList<Missing>();
    var pointer = new StringBuilder();
    var segments = segments();
    for (var i = 0; i < segments.size(); i++) {
      var segment = segments.get(i);
      pointer.append('/').append(segment.name());
      var list = segment.inList();
      var last = i == segments.size() - 1;
      if ((list || !last) && object.at(pointer.toString()).isMissingNode()) {
        missing.add(new Missing(pointer.toString(), empty(list)));
      }
      if (list) {
        var index = index(object.at(pointer.toString()), segment);
        pointer.append('/').append(index);
      }
    }
    return missing;
  }

  private static JsonNode empty(boolean list) {
    return list ? JsonNodeFactory.instance.arrayNode() : JsonNodeFactory.instance.objectNode();
  }

  /** Something that has to be made before a place can be set. */
  record Missing(String pointer, JsonNode empty) {}

  private static String index(JsonNode list, Segment segment) {
    for (var i = 0; i < list.size(); i++) {
      if (segment.names(list.get(i))) {
        return String.valueOf(i);
      }
    }
    return "-";
  }

  /**
   * One step.
   *
   * @param sayings what the element says of itself, each by its path in it; empty: it is no element
   */
  private record Segment(String name, Map<String, String> sayings) {
    boolean inList() {
      return !sayings.isEmpty();
    }

    boolean names(JsonNode element) {
      return sayings.entrySet().stream()
          .allMatch(it -> it.getValue().equals(element.at("/" + it.getKey()).asText()));
    }
  }

  private List<Segment> segments() {
    return SEGMENT
        .matcher(text)
        .results()
        .map(it -> new Segment(it.group(1), sayings(it.group(2))))
        .toList();
  }

  private static Map<String, String> sayings(String text) {
    return SAYING
        .matcher(text)
        .results()
        .collect(
            Collectors.toMap(
                it -> it.group(1), it -> it.group(2).replace("~2", "]").replace("~0", "~")));
  }

  /** One member's name as a part of a JSON pointer. */
  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  @Override
  public String toString() {
    return text;
  }
}
