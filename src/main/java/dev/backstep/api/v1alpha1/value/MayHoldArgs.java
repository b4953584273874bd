package dev.backstep.api.v1alpha1.value;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record, a text or a list of texts, that may speak of a run's args. A text
 * that is not marked must not have {@code $(args.name)} in it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface MayHoldArgs {
  /** How a value gets into the text. */
  Escape escape();

  /** RE2 that the whole text must match once its values are filled in; empty: anything goes. */
  String fits() default "";

  /** How a value gets into a text. */
  enum Escape {
    /** {@code $(args.name)} is replaced by the value as it is. */
    NONE,
    /** {@code $(args.name)} is replaced by the value, percent-encoded. */
    PERCENT,
    /** {@code $(args.name)} is replaced by the value, as inside of a string of JSON. */
    JSON,
    /** The text is SQL: {@code :name} is bound as a variable, and the text stays as it is. */
    BIND,
    /** The text is for people, and stays as it is. */
    PROSE
  }
}
