package dev.backstep.means;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.effect.Target;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/**
 * A value by which an object is off.
 *
 * @param place where it has it
 * @param value the value
 * @param off what it is with it, for people, such as suspended
 * @param on what it is without it
 */
public record OffValue(Place place, JsonNode value, String off, String on) {

  /**
   * The change by which an object is kept off; empty: it is off, and kept so. What was off before
   * is kept so too, since nobody else may switch it on then, and nothing of it comes back.
   *
   * @param json the object as JSON
   */
  public Optional<ObjectPatch> change(HasMetadata object, ObjectNode json, ActionScope scope) {
    var target = new Target(object.getKind(), object.getMetadata().getName());
    var already = value.equals(place.in(json));
    if (already && scope.held(target).isPresent()) {
      return Optional.empty();
    }
    var patch = PatchBuilder.of(object);
    if (!already) {
      patch.set(place, json, value, Inverse.BACK);
    }
    return Optional.of(
        patch
            .taking(scope.holds(target, already ? "" : on, off))
            .build("%s: %s%s".formatted(target, off, already ? ", as it is already" : "")));
  }
}
