package dev.backstep.action.blockroute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.effect.Work;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import java.util.List;

/** One kind of object that routes requests, and how it is made to answer 503. */
interface Routes {
  /** The kind. */
  BlockRoute.Kind kind();

  String group();

  String resource();

  /** What keeps this route from answering 503 there, and there only. */
  List<Problem> problems(BlockRoute action, JsonNode route);

  /**
   * Sends the requests to the responder.
   *
   * @return false: they go there already
   */
  boolean block(BlockRoute action, ActionScope scope, ObjectNode route, PatchBuilder patch);

  /** Whether the route as it is now is what requests meet. */
  Work taken(BlockRoute action, JsonNode route);
}
