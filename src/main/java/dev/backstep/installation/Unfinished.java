package dev.backstep.installation;

import dev.backstep.api.TolerantResource;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec.Wish;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What of an object is held or under way, in a sentence, and what to do about it. */
final class Unfinished {
  private static final String STOP =
      "\n  kubectl -n %s patch rollbackplan %s --type=merge -p '{\"spec\":{\"run\":{\"state\":\"Aborted\",\"stateBy\":\"YOUR NAME\"}}}'";
  private static final String RELEASE =
      "\n  kubectl -n %s patch rollbackplan %s --type=merge -p '{\"spec\":{\"run\":{\"state\":\"Released\",\"stateBy\":\"YOUR NAME\"}}}'";
  private static final String ENABLE =
      "\n  kubectl -n %s patch synccontrol %s --type=merge -p '{\"spec\":{\"state\":\"Enabled\"}}'";
  private static final String STOP_RESTORE =
      "\n  kubectl -n %s patch dbrestore %s --type=merge -p '{\"spec\":{\"state\":\"Aborted\",\"stateBy\":\"YOUR NAME\"}}'";
  private static final String DESCRIBE = "\n  kubectl -n %s describe %s %s";

  private static final String ALL =
      """
      nothing was uninstalled, because nobody would carry on or give back this without the operator:

      %s

      When that is done, uninstall again. To keep the operator instead, put the release back in order:
        helm rollback %s %d --namespace %s
      To uninstall it although all this stays as it is:
        helm uninstall %2$s --namespace %4$s --no-hooks\
      """;

  private Unfinished() {}

  /** All of it, and how one goes on. */
  static String all(List<String> unfinished, Installation installation) {
    return ALL.formatted(
        String.join("\n", unfinished),
        installation.release(),
        installation.revision(),
        installation.namespace());
  }

  static Stream<String> of(RollbackPlan plan) {
    var status = plan.getStatus();
    return status == null ? unreadable(plan, "rollbackplan") : of(plan, status);
  }

  private static Stream<String> of(RollbackPlan plan, RollbackPlanStatus status) {
    var run = status.run();
    var held = status.holds();
    if (run != null && run.active()) {
      return said(
          plan,
          "carries out run %s, which is in phase %s%s. Wait for its end, or stop it; what it keeps off then is to be released:%s"
              .formatted(
                  run.id(),
                  run.phase(),
                  held.isEmpty() ? "" : ", and keeps off " + targets(held),
                  command(STOP, plan)));
    }
    return held.isEmpty()
        ? Stream.empty()
        : said(
            plan, "keeps off %s. Give it back:%s".formatted(targets(held), command(RELEASE, plan)));
  }

  static Stream<String> of(SyncControl control) {
    var status = control.getStatus();
    return status == null ? unreadable(control, "synccontrol") : of(control, status);
  }

  private static Stream<String> of(SyncControl control, SyncControlStatus status) {
    if (!status.holders().isEmpty()) {
      return said(
          control,
          "is held off by %s. It goes on when they release it; what to do where nobody is left who would:%s"
              .formatted(
                  status.holders().stream()
                      .map(SyncHolder::holder)
                      .collect(Collectors.joining(", ")),
                  described(control, "synccontrol")));
    }
    if (control.getSpec() != null && control.getSpec().state() == Wish.Disabled) {
      return said(
          control,
          "is off, because spec.state says so. Switch it on:%s"
              .formatted(command(ENABLE, control)));
    }
    return status.state() == null || status.state() == SwitchState.Enabled
        ? Stream.empty()
        : said(
            control,
            "is in state %s. Wait until it is Enabled:%s"
                .formatted(status.state(), described(control, "synccontrol")));
  }

  static Stream<String> of(DbRestore restore) {
    var status = restore.getStatus();
    return status == null ? unreadable(restore, "dbrestore") : of(restore, status);
  }

  private static Stream<String> of(DbRestore restore, DbRestoreStatus status) {
    if (status.phase().isReplacing()) {
      return said(
          restore,
          "replaces the live data (%s). Wait for its end:%s"
              .formatted(status.phase(), described(restore, "dbrestore")));
    }
    if (status.phase().isOpen()) {
      return said(
          restore,
          "is in phase %s. Wait for its end, or stop it:%s"
              .formatted(status.phase(), command(STOP_RESTORE, restore)));
    }
    var held = status.run() == null ? List.<Hold>of() : status.run().holds();
    return held.isEmpty()
        ? Stream.empty()
        : said(
            restore,
            "ended as %s, and keeps off %s. What to do:%s"
                .formatted(status.phase(), targets(held), described(restore, "dbrestore")));
  }

  /** One without a status was never looked at: it holds nothing. */
  private static Stream<String> unreadable(TolerantResource<?, ?> object, String kind) {
    return object
        .unreadable()
        .map(
            why ->
                said(
                    object,
                    "was written by another version (%s), so it is not known whether it holds anything:%s"
                        .formatted(why, described(object, kind))))
        .orElse(Stream.empty());
  }

  private static Stream<String> said(TolerantResource<?, ?> object, String what) {
    var metadata = object.getMetadata();
    return Stream.of(
        "%s %s/%s %s"
            .formatted(object.getKind(), metadata.getNamespace(), metadata.getName(), what));
  }

  private static String targets(List<Hold> holds) {
    return holds.stream().map(Hold::target).distinct().collect(Collectors.joining(", "));
  }

  private static String described(TolerantResource<?, ?> object, String kind) {
    var metadata = object.getMetadata();
    return DESCRIBE.formatted(metadata.getNamespace(), kind, metadata.getName());
  }

  private static String command(String template, TolerantResource<?, ?> object) {
    return template.formatted(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }
}
