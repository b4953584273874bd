package dev.backstep.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Objects;

/**
 * Carries a {@link Change} out: one PATCH and no GET. The patch tests the version that the change
 * was prepared from and leaves a mark, so that doing it twice is refused, and so that whoever comes
 * later can see on the target itself whether it was done.
 */
final class TargetWriter {
  private static final int RESENDS = 3;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int UNPROCESSABLE = 422;
  private static final int BAD_REQUEST = 400;

  private final KubernetesClient reader;
  private final KubernetesClient writer;
  private final String writerName;

  /**
   * @param reader the operator itself, for looking at a target whose answer was lost
   * @param writer the plan's ServiceAccount
   */
  TargetWriter(KubernetesClient reader, KubernetesClient writer, String writerName) {
    this.reader = reader;
    this.writer = writer;
    this.writerName = writerName;
  }

  /**
   * How the change of one target ended.
   *
   * @param version the target's resourceVersion that was seen last; null: none was
   */
  record Result(Kind kind, Problem failure, String version) {
    enum Kind {
      APPLIED,
      /** The target had changed meanwhile; nothing was written, and nothing can be any more. */
      REFUSED,
      GONE,
      FAILED,
      /** The change is not there, and nothing keeps it from arriving yet. */
      MAY_STILL_LAND
    }

    /** True when nothing can change it any more. */
    boolean settled() {
      return kind != Kind.MAY_STILL_LAND;
    }

    static Result of(Kind kind) {
      return new Result(kind, null, null);
    }

    static Result of(Kind kind, HasMetadata seen) {
      return new Result(kind, null, seen.getMetadata().getResourceVersion());
    }

    static Result failed(Problem failure) {
      return new Result(Kind.FAILED, failure, null);
    }
  }

  /**
   * Sends the change.
   *
   * @throws KubernetesClientException when it is not known whether it was applied
   */
  Result send(Change change, String mark) {
    for (var attempt = 1; ; attempt++) {
      try {
        return carryOut(change, mark);
      } catch (KubernetesClientException e) {
        var seen = lookAfter(e, change, mark);
        if (seen.settled()) {
          return seen;
        }
        if (attempt == RESENDS) {
          throw e;
        }
      }
    }
  }

  /**
   * Brings a change that may or may not have been sent to a known end.
   *
   * @param wanted true: if it is not there yet, it is sent again; false: it is fenced off
   */
  Result close(Change change, String mark, boolean wanted) {
    var seen = look(change, mark);
    if (seen.settled()) {
      return seen;
    }
    if (wanted) {
      return send(change, mark);
    }
    if (change.deletes()) {
      // Not fenced: a pod that is deleted late is made again by its owner, and that is all.
      return Result.of(Result.Kind.REFUSED);
    }
    try {
      // Must change a byte: only then does the version move, and the late write is refused.
      var fenced = patch(change, withMark(change, Annotations.FENCE, mark, fenceBase(change)));
      return Result.of(Result.Kind.REFUSED, fenced);
    } catch (KubernetesClientException e) {
      if (e.getCode() == FORBIDDEN) {
        // Who may not write the fence may not send the late effect either.
        return Result.failed(forbidden(e, change));
      }
      var after = look(change, mark);
      if (after.settled()) {
        return after;
      }
      throw e;
    }
  }

  /** The end of a send that threw; where it may still land, it can and must be sent again. */
  private Result lookAfter(KubernetesClientException e, Change change, String mark) {
    if (e.getCode() == FORBIDDEN) {
      return Result.failed(forbidden(e, change));
    }
    if (e.getCode() == NOT_FOUND) {
      return Result.of(change.deletes() ? Result.Kind.APPLIED : Result.Kind.GONE);
    }
    var seen = look(change, mark);
    var invalid = e.getCode() == UNPROCESSABLE || e.getCode() == BAD_REQUEST;
    return invalid && !seen.settled()
        ? Result.failed(
            new Problem(
                "Invalid",
                "%s was refused by the API server: %s."
                    .formatted(change.summary(), Refusal.said(e))))
        : seen;
  }

  private Problem forbidden(KubernetesClientException e, Change change) {
    return new Problem(
        "Forbidden",
        "%s may not %s %s %s: %s. Give it that right by a Role and a RoleBinding."
            .formatted(
                writerName,
                change.deletes() ? "delete" : "patch",
                change.kind(),
                change.name(),
                Refusal.said(e)));
  }

  /** What the target itself says. */
  private Result look(Change change, String mark) {
    var live = References.read(reader, change);
    if (live == null || !change.uid().equals(live.getMetadata().getUid())) {
      return Result.of(change.deletes() ? Result.Kind.APPLIED : Result.Kind.GONE);
    }
    if (mark.equals(Annotations.of(live).get(Annotations.MARK))) {
      return Result.of(Result.Kind.APPLIED, live);
    }
    var same =
        change.generation() == null
            ? Objects.equals(change.resourceVersion(), live.getMetadata().getResourceVersion())
            : Objects.equals(change.generation(), live.getMetadata().getGeneration());
    return same ? Result.of(Result.Kind.MAY_STILL_LAND) : Result.of(Result.Kind.REFUSED, live);
  }

  private Result carryOut(Change change, String mark) {
    if (change.deletes()) {
      writer
          .resource(References.of(reader, change))
          .lockResourceVersion(change.resourceVersion())
          .delete();
      return Result.of(Result.Kind.APPLIED);
    }
    var changed = patch(change, withMark(change, Annotations.MARK, mark, change.patch()));
    return Result.of(Result.Kind.APPLIED, changed);
  }

  /** Asks the API server what the change would make of the target; nothing is written. */
  HasMetadata dryRun(Change change) {
    var context =
        new PatchContext.Builder().withPatchType(PatchType.JSON).withDryRun(List.of("All")).build();
    var operations = withMark(change, Annotations.MARK, "dry-run", change.patch());
    return writer.resource(References.of(reader, change)).patch(context, operations.toString());
  }

  private HasMetadata patch(Change change, ArrayNode operations) {
    return writer
        .resource(References.of(reader, change))
        .patch(PatchContext.of(PatchType.JSON), operations.toString());
  }

  private static ArrayNode withMark(
      Change change, String annotation, String mark, ArrayNode operations) {
    var patch = JsonNodeFactory.instance.arrayNode();
    test(patch, "/metadata/uid").put("value", change.uid());
    if (change.generation() == null) {
      test(patch, "/metadata/resourceVersion").put("value", change.resourceVersion());
    } else {
      test(patch, "/metadata/generation").put("value", change.generation());
    }
    operations.forEach(operation -> patch.add(operation));
    patch
        .addObject()
        .put("op", "add")
        .put("path", ChangeBuilder.annotation(annotation))
        .put("value", mark);
    return patch;
  }

  private static ObjectNode test(ArrayNode patch, String path) {
    return patch.addObject().put("op", "test").put("path", path);
  }

  /** A fence writes nothing but its annotation, for which the annotations have to exist. */
  private static ArrayNode fenceBase(Change change) {
    var base = JsonNodeFactory.instance.arrayNode();
    change
        .patch()
        .forEach(
            operation -> {
              if ("/metadata/annotations".equals(operation.path("path").asText())) {
                base.add(operation);
              }
            });
    return base;
  }
}
