package dev.backstep.action.rollback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.Workload;
import dev.backstep.problem.Problem;
import dev.backstep.stable.StableContent;
import java.util.function.BiFunction;

/**
 * Where a roll back goes.
 *
 * @param templates the template that a workload gets, of the workload and its present template
 * @param stable the stable revision it comes from; null: it does not come from one
 * @param problem why there is nowhere to go; null: there is
 */
record Destination(
    BiFunction<Workload, ObjectNode, ObjectNode> templates, StableContent stable, Problem problem) {

  static Destination to(BiFunction<Workload, ObjectNode, ObjectNode> templates) {
    return new Destination(templates, null, null);
  }

  static Destination to(StableContent stable) {
    return new Destination(
        (workload, live) -> stable.of(workload.ref()).orElseThrow().template(), stable, null);
  }

  static Destination none(String reason, String message) {
    return new Destination(null, null, new Problem(reason, message));
  }

  ObjectNode template(Workload workload, ObjectNode live) {
    return templates.apply(workload, live);
  }
}
