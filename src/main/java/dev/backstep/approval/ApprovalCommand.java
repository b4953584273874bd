package dev.backstep.approval;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/**
 * The command that gives an Approval, to be copied from a condition.
 *
 * <p>Every value is quoted, because a hash, a run id or a name may well look like a number or a
 * boolean.
 *
 * @param about what it is about
 * @param runId of the run that waits
 * @param level of the run; empty where it has none
 * @param item the manual action or gate that is answered; empty: the level itself
 * @param hash of what would be done, as the status shows it
 */
public record ApprovalCommand(
    HasMetadata about, String runId, Optional<String> level, Optional<String> item, String hash) {
  /** The shell fills in the name: an approval in another's name is refused. */
  private static final String TEXT =
      """

      kubectl -n %s create -f - <<END
      apiVersion: backstep.dev/v1alpha1
      kind: Approval
      metadata: {generateName: "%s"}
      spec:
        targetRef: {kind: %s, name: "%s", uid: "%s"}
        runId: "%s"%s%s
        hash: "%s"
        decision: Approve
        approver: "$(kubectl auth whoami -o jsonpath={.status.userInfo.username})"
      END\
      """;

  /** With generateName the API server adds five characters. */
  private static final int MAX_PREFIX = 200;

  /** On lines of its own, the first of them empty. */
  public String text() {
    var metadata = about.getMetadata();
    var name = metadata.getName();
    return TEXT.formatted(
        metadata.getNamespace(),
        name.substring(0, Math.min(name.length(), MAX_PREFIX)) + "-",
        about.getKind(),
        name,
        metadata.getUid(),
        runId,
        line("level", level),
        line("item", item),
        hash);
  }

  private static String line(String field, Optional<String> value) {
    return value.map(it -> "\n  %s: \"%s\"".formatted(field, it)).orElse("");
  }
}
