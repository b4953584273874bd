package dev.backstep.api.v1alpha1.schema;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Looks into union records such as Action and Gate, whose members are records themselves. */
public final class Members {
  private Members() {}

  /**
   * True when a member is set; none is, when the object holds only one that a newer version has.
   */
  public static boolean anySet(Record union) {
    return Arrays.stream(union.getClass().getRecordComponents())
        .filter(component -> component.getType().isRecord())
        .anyMatch(component -> value(union, component) != null);
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
