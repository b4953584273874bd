package dev.backstep.api.v1alpha1.schema;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Looks into union records such as Action and Gate, whose members are records themselves. */
public final class Members {
  /** Asked for so often that they are looked up once. */
  private static final ClassValue<RecordComponent[]> MEMBERS =
      new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> union) {
          return Arrays.stream(union.getRecordComponents())
              .filter(component -> component.getType().isRecord())
              .toArray(RecordComponent[]::new);
        }
      };

  private Members() {}

  /**
   * True when a member is set; none is, when the object holds only one that a newer version has.
   */
  public static boolean anySet(Record union) {
    return set(union).isPresent();
  }

  /** The first member that is set; empty: none is. */
  public static Optional<Object> set(Record union) {
    return Arrays.stream(MEMBERS.get(union.getClass()))
        .map(component -> value(union, component))
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** The value of a record's component. */
  public static Object value(Record union, RecordComponent component) {
    try {
      return component.getAccessor().invoke(union);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
