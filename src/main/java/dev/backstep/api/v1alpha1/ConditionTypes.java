package dev.backstep.api.v1alpha1;

/** The condition types of all kinds. */
public final class ConditionTypes {
  /** The plan is valid and at least one level can act. */
  public static final String READY = "Ready";

  /** Every level can act. */
  public static final String EXECUTABLE = "Executable";

  /** All gates are green (False: one is red; Unknown: not measurable or not measured). */
  public static final String HEALTHY = "Healthy";

  /** Present while a run is open. */
  public static final String RECONCILING = "Reconciling";

  /** Present when the plan is stuck until a human acts, and no question says so. */
  public static final String STALLED = "Stalled";

  /** Present while a run asks a question. */
  public static final String AWAITING_ANSWER = "AwaitingAnswer";

  /** Present while a run is paused. */
  public static final String PAUSED = "Paused";

  /** Present while a level wants to be approved, or a human's word is wanted for an item. */
  public static final String AWAITING_APPROVAL = "AwaitingApproval";

  /** Present when a promise of the plan was not kept by the current or last run. */
  public static final String OBJECTIVE_MISSED = "ObjectiveMissed";

  /** Present while somebody else keeps changing what the run changed. */
  public static final String CONTESTED = "Contested";

  /** Present while something is kept off. */
  public static final String HOLDS_ACTIVE = "HoldsActive";

  /** Present while a target is held by a run or a plan that does not exist any more. */
  public static final String HOLD_ORPHANED = "HoldOrphaned";

  /** False: the healthy state that runs now cannot be remembered. */
  public static final String STABLE_RECORDED = "StableRecorded";

  /** With a journal configured: True when it has every step. */
  public static final String JOURNAL_WRITTEN = "JournalWritten";

  /** Present and False while people could not be told of something. */
  public static final String NOTIFIED = "Notified";

  /** Present when the last wish in spec.run was not carried out. */
  public static final String RUN_REFUSED = "RunRefused";

  /** Present while the wish for a new run in spec.run waits for something. */
  public static final String RUN_WAITING = "RunWaiting";

  /** Present while the plan stands still because the API server refuses something. */
  public static final String HELD_UP = "HeldUp";

  /** One condition per gate: this and the gate's name. */
  public static final String GATE_PREFIX = "gates.backstep.dev/";

  /** A sync is proven off. */
  public static final String DISABLED = "Disabled";

  /** The numbers of a queue are not above its thresholds (Unknown: one could not be measured). */
  public static final String QUEUE_HEALTHY = "QueueHealthy";

  /** A sync did something not long ago. What is missing is not fresh. */
  public static final String SYNC_FRESH = "SyncFresh";

  /** A rule of autoDisable holds a sync off (Unknown: one cannot be understood). */
  public static final String AUTO_DISABLED = "AutoDisabled";

  /** The live data of a restore is, or is being, replaced; never taken back by a failure. */
  public static final String DATA_REPLACED = "DataReplaced";

  /** A restore came to its end as wanted. */
  public static final String SUCCEEDED = "Succeeded";

  private ConditionTypes() {}
}
