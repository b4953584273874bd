package dev.backstep.api.v1alpha1.restore;

/** What is done when the live database is so damaged that no safety backup can be made of it. */
public enum IfDamaged {
  /** Nothing is replaced. */
  Fail,
  /** It is replaced, and the database from before is the only copy of it: nobody drops that. */
  KeepOld
}
