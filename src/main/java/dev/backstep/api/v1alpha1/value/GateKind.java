package dev.backstep.api.v1alpha1.value;

/** What a kind of gate says of itself; what it leaves out is as it is for most. */
public interface GateKind {
  /**
   * True when the gate is measured one time for each level, unless the plan says otherwise. The
   * record has the annotation {@link MeasuredOnce} then, which tells the API server.
   */
  default boolean once() {
    return false;
  }

  /** How long one measurement may take, as a duration of the API. */
  default String timeout() {
    return "0s";
  }

  /** True when it compares what it measures with what it measured at the start of the run. */
  default boolean comparesWithStart() {
    return false;
  }
}
