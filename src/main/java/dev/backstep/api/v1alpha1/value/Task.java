package dev.backstep.api.v1alpha1.value;

/**
 * Something that an executor does: an action of a plan, or a means of a SyncControl. A union: the
 * one member that is set says what is done. Only records are tasks.
 */
public interface Task {
  /** Its name, unique in the object that it belongs to. */
  String name();

  /** Itself, as the union that it is. */
  default Record union() {
    return (Record) this;
  }
}
