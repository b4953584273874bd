package dev.backstep.api.v1alpha1.value;

/** A kind of action or gate with which a human does or looks at something. */
public interface HumanTask {
  /** What that is. */
  String instruction();
}
