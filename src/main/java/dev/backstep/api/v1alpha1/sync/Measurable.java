package dev.backstep.api.v1alpha1.sync;

/**
 * Something that is measured by asking an endpoint or a database. A union: the one member that is
 * set says who is asked. Only records are measurable.
 */
public interface Measurable {
  /** CEL on the answer: the value. */
  String value();

  /** Itself, as the union that it is. */
  default Record union() {
    return (Record) this;
  }
}
