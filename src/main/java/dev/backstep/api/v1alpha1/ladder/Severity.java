package dev.backstep.api.v1alpha1.ladder;

/** How urgent a trouble is. */
public enum Severity {
  Critical,
  High,
  Medium,
  Low
}
