package dev.backstep.api.v1alpha1.value;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the record of a kind of gate that is measured one time for each level: what {@link
 * GateKind#once} says, for the API server.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface MeasuredOnce {
  /** Why it cannot be measured again and again; empty: a plan may say {@code Repeatedly}. */
  String because() default "";

  /** CEL over the record, {@code self}: true when it is measured again and again; empty: never. */
  String unless() default "";
}
