package dev.backstep.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Records in which every member has a value, always the same. */
public final class Filled {
  private static final Map<Class<?>, Object> VALUES =
      Map.ofEntries(
          Map.entry(int.class, 1),
          Map.entry(Integer.class, 1),
          Map.entry(long.class, 2L),
          Map.entry(Long.class, 2L),
          Map.entry(boolean.class, true),
          Map.entry(Boolean.class, true),
          Map.entry(Duration.class, Duration.ofMinutes(1)),
          Map.entry(Instant.class, Instant.parse("2026-03-01T12:00:00Z")),
          Map.entry(
              Condition.class,
              new ConditionBuilder()
                  .withType("Ready")
                  .withStatus("True")
                  .withReason("Why")
                  .build()),
          Map.entry(Place.class, Place.at("/spec/replicas")),
          Map.entry(JsonNode.class, JsonNodeFactory.instance.textNode("json")),
          Map.entry(ObjectNode.class, JsonNodeFactory.instance.objectNode().put("json", "object")),
          Map.entry(ArrayNode.class, JsonNodeFactory.instance.arrayNode().add("json")));

  private final Deque<Class<?>> inside = new ArrayDeque<>();

  private Filled() {}

  /** A record in which nothing is left out but what it has of itself again. */
  public static <R> R of(Class<R> type) {
    return type.cast(new Filled().value(type, type.getSimpleName()));
  }

  private Object value(Type type, String name) {
    if (type instanceof ParameterizedType generic) {
      var last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      var value = value(last, name);
      return generic.getRawType() == Map.class ? Map.of("key", value) : List.of(value);
    }
    var raw = (Class<?>) type;
    if (raw == String.class) {
      return name;
    }
    if (raw.isEnum()) {
      return raw.getEnumConstants()[0];
    }
    return raw.isRecord() && !VALUES.containsKey(raw) ? made(raw) : VALUES.get(raw);
  }

  private Object made(Class<?> type) {
    if (inside.contains(type)) {
      return null;
    }
    inside.push(type);
    try {
      var components = type.getRecordComponents();
      var constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(
          Arrays.stream(components).map(it -> value(it.getGenericType(), it.getName())).toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    } finally {
      inside.pop();
    }
  }
}
