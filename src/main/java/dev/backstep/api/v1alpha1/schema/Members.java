package dev.backstep.api.v1alpha1.schema;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Looks into union records such as Action and Gate, whose members are records themselves. */
public final class Members {
  /** The JVM makes them anew whenever it is asked, which took a quarter of a reconcile. */
  private static final ClassValue<List<RecordComponent>> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected List<RecordComponent> computeValue(Class<?> type) {
          return List.of(type.getRecordComponents());
        }
      };

  /**
   * A gate is asked what it is in every step of a run: a stream over all components took a third of
   * it.
   */
  private static final ClassValue<RecordComponent[]> RECORDS =
      new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents())
              .filter(component -> component.getType().isRecord())
              .toArray(RecordComponent[]::new);
        }
      };

  private Members() {}

  /** The components of any record class, in the order in which they are declared. */
  public static List<RecordComponent> of(Class<? extends Record> type) {
    return COMPONENTS.get(type);
  }

  /**
   * True when a member is set; none is, when the object holds only one that a newer version has.
   */
  public static boolean anySet(Record union) {
    return set(union).isPresent();
  }

  /** The first member that is set; empty: none is. */
  public static Optional<Object> set(Record union) {
    for (var component : RECORDS.get(union.getClass())) {
      var member = value(union, component);
      if (member != null) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
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
