package dev.backstep.api.v1alpha1;

/**
 * The reasons that conditions, events and transitions carry. Each is one word a human can search.
 */
public final class Reasons {
  /** A run was asked for and claimed. */
  public static final String RUN_STARTED = "RunStarted";

  /** What can be checked beforehand is in order. */
  public static final String PREFLIGHT_PASSED = "PreflightPassed";

  /** Something would keep an action from working; a human has to mend it. */
  public static final String PREFLIGHT = "Preflight";

  /** All gates were healthy before anything was touched. */
  public static final String ALREADY_HEALTHY = "AlreadyHealthy";

  /** The run went on to a level. */
  public static final String LEVEL_ENTERED = "LevelEntered";

  /** An effect was recorded and is being sent. */
  public static final String EFFECT_INTENDED = "EffectIntended";

  /** An effect reached its targets. */
  public static final String EFFECT_APPLIED = "EffectApplied";

  /** Targets had changed meanwhile; the effect is prepared anew. */
  public static final String EFFECT_REFUSED = "EffectRefused";

  /** The effect of an action is there. */
  public static final String ACTION_SUCCEEDED = "ActionSucceeded";

  /** An action cannot be done. */
  public static final String ACTION_FAILED = "ActionFailed";

  /** An action's effect was sent but does not show in time. */
  public static final String EFFECT_NOT_OBSERVED = "EffectNotObserved";

  /** All actions of a level took effect; its gates are measured. */
  public static final String LEVEL_ACTED = "LevelActed";

  /** The gates are healthy. */
  public static final String HEALTHY = "Healthy";

  /** At least one gate is not healthy. */
  public static final String UNHEALTHY = "Unhealthy";

  /** The gates cannot be measured: neither good nor bad. */
  public static final String INCONCLUSIVE = "Inconclusive";

  /** Every level can act, but a gate cannot be measured: a run could not tell whether it helped. */
  public static final String GATE_NOT_MEASURABLE = "GateNotMeasurable";

  /** The gates stayed healthy for the soak. */
  public static final String SOAKED = "Soaked";

  /** No level is left. */
  public static final String EXHAUSTED = "NoLevelLeft";

  /** A human answered a question. */
  public static final String ANSWERED = "Answered";

  /** A human accepted the state as it is. */
  public static final String ACCEPTED_BY_HUMAN = "AcceptedByHuman";

  /** An answer fits no open question. */
  public static final String ANSWER_STALE = "AnswerStale";

  /** A human stopped the run. */
  public static final String ABORTED = "AbortedByHuman";

  /** The plan is being deleted. */
  public static final String PLAN_DELETED = "PlanDeleted";

  /** What a run holds is being given back. */
  public static final String RELEASE_REQUESTED = "ReleaseRequested";

  /** What a run held was given back. */
  public static final String RELEASED = "Released";

  /** Something that a run holds could not be given back. */
  public static final String RELEASE_FAILED = "ReleaseFailed";

  /** Nobody can know whether something held was given back. */
  public static final String RELEASE_UNKNOWN = "ReleaseUnknown";

  /** The run's record was lost while it may have acted. */
  public static final String STATUS_LOST = "StatusLost";

  /** A run id was used before. */
  public static final String RUN_REFUSED = "RunRefused";

  /** What a run that nobody needs any more left in a database could not be taken away. */
  public static final String NOT_FORGOTTEN = "NotForgotten";

  /** The claim or the pinned plan cannot be used. */
  public static final String INVALID_PLAN = "InvalidPlan";

  /** This version of the operator cannot read the object. */
  public static final String NOT_UNDERSTOOD = "NotUnderstood";

  /** spec.suspend is true. */
  public static final String SUSPENDED = "Suspended";

  /** No run is open. */
  public static final String IDLE = "Idle";

  /** Gates were not measured yet. */
  public static final String MEASURING = "Measuring";

  /** Everything that was checked is in order. */
  public static final String CHECKED = "Checked";

  /** Something is kept off. */
  public static final String HOLDING = "Holding";

  /** The journal has every step. */
  public static final String JOURNAL_UP_TO_DATE = "UpToDate";

  /** The journal cannot be written; steps wait in the status. */
  public static final String JOURNAL_UNAVAILABLE = "JournalUnavailable";

  /** A notification is not taken; what is to be told waits in the status. */
  public static final String NOTIFICATION_FAILED = "NotificationFailed";

  /** A state is too large to be remembered. */
  public static final String STABLE_TOO_LARGE = "StableTooLarge";

  /** The gates cannot be measured before a level that destroys something. */
  public static final String NOT_MEASURABLE = "NotMeasurable";

  /** A stop condition of the plan is met. */
  public static final String STOP_CONDITION = "StopCondition";

  /** The symptom says that this level is to be confirmed first. */
  public static final String CONFIRM = "ConfirmLevel";

  /** The database's schema is not the one that the stable revision ran with. */
  public static final String SCHEMA_CHANGED = "SchemaChanged";

  /** A precondition of the level is not met. */
  public static final String PRECONDITION = "PreconditionUnmet";

  /** Approvals cannot be trusted: the admission policy is not in force. */
  public static final String POLICY_NOT_IN_FORCE = "PolicyNotInForce";

  /** A human rejected the level. */
  public static final String REJECTED = "Rejected";

  /** Another plan's open run works on the same target. */
  public static final String TARGET_OWNED = "TargetOwned";

  /** Somebody else keeps a target lower than the action would set it. */
  public static final String TARGET_HELD = "TargetHeld";

  /** A hold was found on its target that the status did not know any more. */
  public static final String HOLD_FOUND = "HoldFound";

  /** Something is held by a run or a plan that does not exist any more. */
  public static final String HOLD_ORPHANED = "HoldOrphaned";

  /** It cannot be found out whether an effect was applied. */
  public static final String OUTCOME_UNKNOWN = "OutcomeUnknown";

  /** Somebody keeps changing the targets back. */
  public static final String CONTESTED = "Contested";

  /** Somebody changed a repaired target during the soak. */
  public static final String OVERWRITTEN = "Overwritten";

  /** A gate that has to be healthy before the release is not. */
  public static final String RELEASE_GATE = "ReleaseGate";

  /** Something speaks against giving back what is held. */
  public static final String RELEASE_DOUBTED = "ReleaseDoubted";

  /** After the release the gates are not healthy any more. */
  public static final String RELEASED_UNHEALTHY = "ReleasedUnhealthy";

  /** What a run changed is being put back. */
  public static final String UNDO_REQUESTED = "UndoRequested";

  /** Something speaks against putting an action back. */
  public static final String UNDO_DOUBTED = "UndoDoubted";

  /** Somebody said no to putting back an action that replaces live data. */
  public static final String UNDO_REJECTED = "UndoRejected";

  /** Something could not be put back. */
  public static final String UNDO_FAILED = "UndoFailed";

  /** Nobody can know whether an action was put back. */
  public static final String UNDO_UNKNOWN = "UndoUnknown";

  /** What a run changed was put back. */
  public static final String UNDONE = "Undone";

  /** Some of it was put back; the rest was changed by somebody else. */
  public static final String PARTLY_UNDONE = "PartlyUndone";

  /** A human paused the run. */
  public static final String PAUSED = "PausedByHuman";

  /** A human let the run go on. */
  public static final String RESUMED = "RunningAgain";

  /** The level wants to be approved before it acts. */
  public static final String APPROVAL_WANTED = "ApprovalWanted";

  /** Enough people agreed. */
  public static final String APPROVED = "Approved";

  /** One more person agreed. */
  public static final String APPROVAL_GIVEN = "ApprovalGiven";

  /** Somebody approved, and it does not count; the message says why. */
  public static final String APPROVAL_IGNORED = "ApprovalIgnored";

  /** What the level would do changed; approvals so far do not count. */
  public static final String APPROVAL_VOID = "ApprovalVoid";

  /** Nobody approved or rejected in time. */
  public static final String APPROVAL_OVERDUE = "ApprovalOverdue";

  /** A human has to do or to look at something, and says so by an Approval with its name. */
  public static final String ITEM_WANTED = "ItemWanted";

  /** A promise was not kept; the run goes on as before. */
  public static final String OBJECTIVE_MISSED = "ObjectiveMissed";

  /** It was shown what would change; nothing was written. */
  public static final String PREVIEWED = "Previewed";

  /** A gate that is measured once is being measured. */
  public static final String GATE_ASKED = "GateAsked";

  /** A human is asked to do an action. */
  public static final String ACTION_ASKED = "ActionAsked";

  /** An action was done; its own gates are measured. */
  public static final String PROVING = "Proving";

  /** An action is made ready before people are asked; nothing live is touched. */
  public static final String PREPARING = "Preparing";

  /** An action is ready, and people can be asked. */
  public static final String PREPARED = "Prepared";

  /** A drill came to its end. */
  public static final String DRILLED = "Drilled";

  /** A gate is not measured at this moment of the run. */
  public static final String NOT_MEASURED = "NotMeasured";

  /** The API server refused something or did not answer; it is tried again. */
  public static final String API_REQUEST_FAILED = "ApiRequestFailed";

  /** The API server drops fields of the status; it is tried again until the CRD has them. */
  public static final String FIELDS_MISSING = "FieldsMissing";

  /** What targets look like cannot be kept, so they are not changed. */
  public static final String IMAGE_REFUSED = "ImageRefused";

  /** A state was asked of a run that cannot take it any more. */
  public static final String STATE_WITHOUT_EFFECT = "StateWithoutEffect";

  /** Somebody more, or less, holds a sync off. */
  public static final String HOLDERS_CHANGED = "HoldersChanged";

  /** A sync is being switched off. */
  public static final String DISABLING = "Disabling";

  /** Every means of keeping a sync off was read back as off. */
  public static final String DISABLED = "Disabled";

  /** A means is not proven off in time, or cannot be switched off. */
  public static final String DISABLE_FAILED = "DisableFailed";

  /** A sync is being given back. */
  public static final String ENABLING = "Enabling";

  /** A sync is not kept off. */
  public static final String ENABLED = "Enabled";

  /** A means could not be given back. */
  public static final String ENABLE_FAILED = "EnableFailed";

  /** It was read back that a means is off. */
  public static final String MEANS_OFF = "MeansOff";

  /** A means was given back. */
  public static final String MEANS_ON = "MeansOn";

  /** A means cannot be switched off, or given back; it is tried again. */
  public static final String MEANS_FAILED = "MeansFailed";

  /** The numbers of a queue are not above any threshold. */
  public static final String QUEUE_HEALTHY = "QueueHealthy";

  /** A number of a queue is above warnAbove. */
  public static final String QUEUE_FILLING = "QueueFilling";

  /** A number of a queue is above unhealthyAbove: clearing is advised. */
  public static final String QUEUE_UNHEALTHY = "QueueUnhealthy";

  /** A number of a queue is above overflowAbove. */
  public static final String QUEUE_OVERFLOW = "QueueOverflow";

  /** A sync did something not longer ago than maxAge. */
  public static final String SYNC_FRESH = "SyncFresh";

  /** A sync did nothing for longer than maxAge. */
  public static final String SYNC_STALE = "SyncStale";

  /** A sync never did anything. */
  public static final String NEVER_SYNCED = "NeverSynced";

  /** A rule of autoDisable holds a sync off. */
  public static final String AUTO_DISABLED = "AutoDisabled";

  /** No rule of autoDisable holds a sync off. */
  public static final String WATCHING = "Watching";

  /** A rule of autoDisable cannot be understood, so it holds nothing off. */
  public static final String INVALID_RULE = "InvalidRule";

  /** The program that loads a backup was ended before it was done. */
  public static final String LOAD_INTERRUPTED = "LoadInterrupted";

  /** A restore is carried out beside the live database. */
  public static final String RESTORING = "Restoring";

  /** A restore replaced the live data, and that was verified. */
  public static final String RESTORED = "Restored";

  /** The data from before a restore is not kept any more. */
  public static final String OLD_DROPPED = "OldDropped";

  /** It was not done in the time that it had. */
  public static final String TIMED_OUT = "TimedOut";

  private Reasons() {}
}
