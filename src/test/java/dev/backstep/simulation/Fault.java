package dev.backstep.simulation;

/** Everything that the simulation does to the operator. Each must have fired in the test run. */
enum Fault {
  /** The process dies before its request leaves. */
  CRASH_BEFORE,
  /** The process dies; its request was on its way and lands later. */
  CRASH_LATE,
  /** The request is executed; the process dies before it has the answer. */
  CRASH_LOST,
  /** The process dies right after it has the answer. */
  CRASH_AFTER,
  /** The process dies between two requests. */
  CRASH_IDLE,
  /** The request is executed, the answer is lost. */
  LOST_RESPONSE,
  /** The API server refuses with 503. */
  UNAVAILABLE,
  /** A request is executed twice. */
  DUPLICATE_REQUEST,
  /** A request hangs, everything else goes on. */
  SLOW_REQUEST,
  /** The process stands still, loses its lease, and goes on beside its successor. */
  ZOMBIE,
  /** A second process works on the same plan while the first one is well. */
  TWO_LEADERS,
  /** Somebody changes the target just before the effect lands. */
  FOREIGN_EDIT,
  /** Somebody changes the number of replicas just before the effect lands, or at any moment. */
  FOREIGN_SCALE,
  /** The ServiceAccount has lost its rights for a while. */
  FORBIDDEN,
  /** Watches lag behind. */
  STALE_CACHE,
  /** A new process begins with an old view of the world. */
  STALE_START,
  /** The plan is looked at again although nothing happened. */
  DUPLICATE_EVENT,
  /** The plan's status is gone, as after a cluster was restored. */
  WIPED_STATUS,
  /** The plan is deleted and created again with the same run in it. */
  RECREATED_PLAN,
  /** The plan is deleted. */
  DELETED_PLAN,
  /** A human stops the run. */
  HUMAN_ABORT,
  /** A human gives back what is held. */
  HUMAN_RELEASE,
  /** A human pauses the run, and lets it go on after a while. */
  HUMAN_PAUSE,
  /** A human wants everything put back, while the run is open or after it. */
  HUMAN_UNDO,
  /** People approve a level, or one of them does. */
  APPROVAL,
  /** Somebody says no to a level. */
  REJECTION,
  /** The policy that makes approvals trustworthy is not in force for a while. */
  POLICY_OFF,
  /** A human answers an open question with any choice that fits. */
  HUMAN_ANSWER,
  /** A human answers a question that is not open. */
  STALE_ANSWER,
  /** A human edits the plan while a run is open. */
  SPEC_EDIT,
  /** A human asks for one more run. */
  NEXT_RUN,
  /** A gate cannot be measured. */
  GATE_ERROR,
  /** A gate answers late. */
  SLOW_GATE,
  /** A gate shows red or green for no reason. */
  FLAPPING_GATE,
  /** A workload is deleted. */
  DELETED_TARGET,
  /** A workload is deleted and created again. */
  RECREATED_TARGET,
  /** The namespace is deleted: nothing can be created in it any more. */
  DELETED_NAMESPACE,
  /** The journal cannot be written for a while. */
  JOURNAL_DOWN,
  /** The plan is suspended for a while. */
  SUSPENDED,
  /** A human says that a manual gate or action is done, or is not. */
  ITEM_ANSWER,
  /** A human names a suspected cause while the run is open. */
  CAUSE,
  /** A before-image is deleted. */
  DELETED_IMAGE,
  /** A roll-out takes very long. */
  SLOW_ROLLOUT,
  /** The process' clock is off by a second or two. */
  CLOCK_SKEW
}
