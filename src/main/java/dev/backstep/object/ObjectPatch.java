package dev.backstep.object;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Target;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * Changes one object: what it looked like when the change was prepared, and what is changed. It is
 * carried out only on the object as it was then.
 *
 * @param object the target
 * @param uid of the target; null: there was none of its name
 * @param precondition what else is tested of it
 * @param edits the places that are changed
 * @param patch the JSON Patch operations
 * @param summary the change in a few words, such as {@code Deployment web: app:v2 -> app:v1}
 * @param takes what is kept off once this is applied; null: nothing
 * @param givesBack what is not kept off any more once this is applied; null: nothing
 * @param subresource what of the target is written, such as status; null: the target itself
 * @param starts true: it sets something going that has effects of its own, so a target that is gone
 *     does not say that it did not happen; null: no
 * @param mark what the target's mark said before; null: it had none
 * @param owner the claim of the run that owned the target before; null: none did
 */
@RecordBuilder
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ObjectPatch(
    ObjectRef object,
    String uid,
    Precondition precondition,
    List<Edit> edits,
    ArrayNode patch,
    String summary,
    Hold takes,
    Hold givesBack,
    String subresource,
    Boolean starts,
    String mark,
    String owner)
    implements Effect, ObjectPatchBuilder.With {

  @Override
  public Target target() {
    return object.target();
  }

  /** The value that the patch gives to a place; JSON's null where it removes it. */
  JsonNode after(Edit edit) {
    JsonNode value = NullNode.getInstance();
    for (var operation : patch) {
      if (edit.pointer().equals(operation.path("path").asText()) && operation.has("value")) {
        value = operation.path("value");
      }
    }
    return value;
  }

  /**
   * True when the target has the entry of the hold that this takes. Whoever else holds the target
   * may have left a mark there since, so that this one's is not to be seen any more.
   */
  boolean isEntered(ObjectNode target) {
    if (takes == null) {
      return false;
    }
    var entries = PatchBuilder.annotation(Annotations.HELD_BY + takes.claim());
    for (var operation : patch) {
      var place = operation.path("path").asText();
      if (place.startsWith(entries)) {
        return target.at(place).equals(operation.path("value"));
      }
    }
    return false;
  }

  /** The same change with one more entry of Backstep's on the target. */
  ObjectPatch annotated(String key, String value) {
    var operations = patch.deepCopy();
    operations
        .addObject()
        .put("op", "add")
        .put("path", PatchBuilder.annotation(key))
        .put("value", value);
    return withPatch(operations);
  }
}
