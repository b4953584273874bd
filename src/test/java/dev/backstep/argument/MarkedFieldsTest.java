package dev.backstep.argument;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.schema.Inserted;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code kubectl explain} says of a field, and what is done with it, are the same. */
class MarkedFieldsTest {
  private static final String FILLED = "$(args.name)";
  private static final String BOUND = ":name stands for arg name";

  static Stream<RecordComponent> components() {
    var records = new LinkedHashSet<Class<?>>();
    collect(RollbackPlanSpec.class, records);
    return records.stream()
        .flatMap(it -> Arrays.stream(it.getRecordComponents()))
        // An arg itself says how it is used.
        .filter(it -> !it.getDeclaringRecord().getSimpleName().equals("Argument"))
        // Nobody writes it.
        .filter(it -> !it.isAnnotationPresent(Inserted.class));
  }

  private static void collect(Type type, Set<Class<?>> records) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(it -> collect(it, records));
    } else if (type instanceof Class<?> it && it.isRecord() && records.add(it)) {
      Arrays.stream(it.getRecordComponents())
          .forEach(component -> collect(component.getGenericType(), records));
    }
  }

  @ParameterizedTest
  @MethodSource("components")
  void aFieldThatMayHoldArgsSaysSo(RecordComponent component) {
    var description = component.getAccessor().getAnnotation(JsonPropertyDescription.class).value();
    var marked = component.getAnnotation(MayHoldArgs.class);
    var bound = marked != null && marked.escape() == Escape.BIND;
    var filled = marked != null && !bound && marked.escape() != Escape.PROSE;

    assertThat(description.contains(FILLED)).isEqualTo(filled);
    assertThat(description.contains(BOUND)).isEqualTo(bound);
  }
}
