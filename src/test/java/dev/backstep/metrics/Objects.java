package dev.backstep.metrics;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Objects of all kinds that say as much as they can. */
final class Objects {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  /** A plan whose second level waits for an approval; an earlier run still holds something. */
  static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {namespace: shop, name: web}
      spec: {serviceAccountName: runner, gates: [], levels: []}
      status:
        phase: AwaitingApproval
        ends: {Recovered: 2, Exhausted: 1}
        conditions:
        - {type: Ready, status: "True", reason: Checked, lastTransitionTime: "2026-11-20T00:00:00Z"}
        - {type: AwaitingApproval, status: "True", reason: ApprovalWanted,
           lastTransitionTime: "2026-11-21T12:05:00Z", message: "Level 2/2 revert wants 1 approval."}
        - {type: Garbled, status: "True", reason: Garbled, lastTransitionTime: yesterday}
        - {type: gates.backstep.dev/up, status: "True", reason: Healthy, lastTransitionTime: "2026-11-21T12:00:00Z"}
        - {type: gates.backstep.dev/errors, status: "False", reason: Unhealthy, lastTransitionTime: "2026-11-21T12:00:00Z"}
        - {type: gates.backstep.dev/lag, status: Unknown, reason: Inconclusive, lastTransitionTime: "2026-11-21T12:00:00Z"}
        - {type: gates.backstep.dev/names, status: Unknown, reason: NotMeasured, lastTransitionTime: "2026-11-21T12:00:00Z"}
        holds:
        - {run: INC-6, claim: bs-run-6, action: stop, type: scale, kind: Deployment, name: worker,
           original: "3", held: "0", since: "2026-11-20T12:00:00Z"}
        - {run: INC-6, claim: bs-run-6, action: stop, type: scale, kind: Deployment, name: mailer,
           original: "1", held: "0", since: "2026-11-20T12:00:10Z"}
        drills: [{action: restore, run: DRILL-1, at: "2026-11-01T00:00:00Z", took: 4 min, message: Done.}]
        run:
          {id: INC-7, uid: u, claim: bs-run-7, seq: 5, phase: AwaitingApproval, active: true, mode: Execute,
           startedAt: "2026-11-21T12:00:00Z", phaseSince: "2026-11-21T12:05:00Z", level: 1,
           levels: [{name: restart, actions: []}, {name: revert, actions: []}]}
        transitions:
        - {run: INC-6, claim: bs-run-6, seq: 9, at: "2026-11-20T12:00:00Z", phase: Acting, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 1, at: "2026-11-21T12:00:00Z", phase: Pending, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 2, at: "2026-11-21T12:00:01Z", phase: Acting, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 3, at: "2026-11-21T12:00:11Z", phase: Verifying, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 4, at: "2026-11-21T12:04:59Z", phase: Acting, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 5, at: "2026-11-21T12:05:00Z", phase: AwaitingApproval, reason: A, message: A.}
      """;

  /** A plan whose run ended, held something in between, and was released. */
  static final String ENDED =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {namespace: shop, name: ended}
      spec: {serviceAccountName: runner, gates: [], levels: []}
      status:
        phase: Released
        run:
          {id: INC-7, uid: u, claim: bs-run-7, seq: 5, phase: Released, active: false, mode: Drill,
           startedAt: "2026-11-21T12:00:00Z", phaseSince: "2026-11-23T12:05:07Z",
           endedAt: "2026-11-21T12:05:00Z", levels: [{name: restart, actions: []}]}
        transitions:
        - {run: INC-7, claim: bs-run-7, seq: 1, at: "2026-11-21T12:00:00Z", phase: Acting, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 2, at: "2026-11-21T12:05:00Z", phase: Mitigated, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 3, at: "2026-11-23T12:05:00Z", phase: Releasing, reason: A, message: A.}
        - {run: INC-7, claim: bs-run-7, seq: 4, at: "2026-11-23T12:05:07Z", phase: Released, reason: A, message: A.}
      """;

  static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {namespace: shop, name: mails}
      spec: {serviceAccountName: runner, means: []}
      status:
        state: DisableFailed
        holders: [{id: a, holder: run INC-7, since: "2026-11-21T12:00:00Z"}]
        episode: {number: 1, claim: c, startedAt: "2026-11-21T12:00:00Z", since: "2026-11-21T12:00:02Z"}
        transitions:
        - {run: off-1, claim: c, seq: 1, at: "2026-11-21T12:00:00Z", phase: Disabling, reason: A, message: A.}
        - {run: off-1, claim: c, seq: 2, at: "2026-11-21T12:01:00Z", phase: DisableFailed, reason: A, message: A.}
        - {run: off-1, claim: c, seq: 3, at: "2026-11-21T12:02:00Z", phase: DisableFailed, reason: A, message: A.}
        queue: {size: 120, failed: 3, lastSync: "2026-11-21T11:00:00Z"}
      """;

  static final String RESTORE =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: DbRestore
      metadata: {namespace: shop, name: orders}
      status:
        phase: Quiescing
        dataFrom: "2026-11-21T03:00:00Z"
        run: {claim: c, startedAt: "2026-11-21T12:00:00Z", phaseSince: "2026-11-21T12:30:00Z"}
      """;

  private Objects() {}

  static RollbackPlan plan(String yaml) {
    return SERIALIZATION.unmarshal(yaml, RollbackPlan.class);
  }

  static SyncControl sync() {
    return SERIALIZATION.unmarshal(SYNC, SyncControl.class);
  }

  static DbRestore restore() {
    return SERIALIZATION.unmarshal(RESTORE, DbRestore.class);
  }
}
