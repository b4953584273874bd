package dev.backstep.leader;

/** For who only wants to know whether this process leads. */
@FunctionalInterface
public interface Leading {
  /** True while it does, or where there is no election. */
  boolean leads();
}
