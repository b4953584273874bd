package dev.backstep.resource;

/** How objects are listed when a watch begins. */
public final class Pages {
  /** So many objects at once. */
  public static final long SIZE = 100;

  private Pages() {}
}
