package dev.backstep.argument;

import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Finds the texts in a part of a plan, and makes the same part of other texts. */
final class Fields {
  private Fields() {}

  /**
   * All texts.
   *
   * @param path of the part
   */
  static List<Field> of(Record part, String path) {
    var fields = new ArrayList<Field>();
    mapped(
        part,
        path,
        Optional.empty(),
        field -> {
          fields.add(field);
          return field.text();
        });
    return fields;
  }

  /** The same part with other texts. */
  @SuppressWarnings("unchecked")
  static <T extends Record> T mapped(T part, String path, Function<Field, String> text) {
    return (T) mapped(part, path, Optional.empty(), text);
  }

  private static Object mapped(
      Object value, String path, Optional<MayHoldArgs> holds, Function<Field, String> text) {
    if (value instanceof String it) {
      return text.apply(new Field(path, holds, it));
    }
    if (value instanceof List<?> list) {
      return IntStream.range(0, list.size())
          .mapToObj(i -> mapped(list.get(i), "%s[%d]".formatted(path, i), holds, text))
          .toList();
    }
    if (value instanceof Map<?, ?> map) {
      var same = new LinkedHashMap<Object, Object>();
      map.forEach(
          (key, it) -> same.put(key, mapped(it, "%s.%s".formatted(path, key), holds, text)));
      return same;
    }
    return value instanceof Record it ? record(it, path, text) : value;
  }

  private static Record record(Record record, String path, Function<Field, String> text) {
    var components = Members.of(record.getClass());
    var values =
        components.stream()
            .map(
                component ->
                    mapped(
                        Members.value(record, component),
                        "%s.%s".formatted(path, component.getName()),
                        Optional.ofNullable(component.getAnnotation(MayHoldArgs.class)),
                        text))
            .toArray();
    try {
      var types = components.stream().map(RecordComponent::getType).toArray(Class[]::new);
      return record.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
