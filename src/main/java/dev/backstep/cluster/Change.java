package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.backstep.api.v1alpha1.status.Hold;

/**
 * One target's change: what it looked like when the change was prepared, and how it is changed. It
 * is written down before it is carried out, and carried out only on the object as it was then.
 *
 * @param apiVersion of the target
 * @param kind of the target
 * @param namespace of the target
 * @param name of the target
 * @param uid of the target
 * @param generation the generation that is tested, for kinds whose every change of spec or
 *     annotations moves it; null: the resourceVersion is tested
 * @param resourceVersion the version of the object that the change was prepared from
 * @param before the values that are replaced
 * @param patch the JSON Patch operations; null: the target is deleted
 * @param summary the change in a few words, such as {@code Deployment web: app:v2 -> app:v1}
 * @param hold what is kept off once this is applied; null: nothing
 * @param mark what the target's mark said before; null: it had none
 * @param owner the claim of the run that owned the target before; null: none did
 * @param editor who else wrote the target last, as its managed fields say; null: unknown
 * @param releases what is not kept off any more once this is applied; null: nothing
 */
public record Change(
    String apiVersion,
    String kind,
    String namespace,
    String name,
    String uid,
    Long generation,
    String resourceVersion,
    JsonNode before,
    ArrayNode patch,
    String summary,
    Hold hold,
    Hold releases,
    String mark,
    String owner,
    String editor) {

  /** True when this action had changed the target before. */
  public boolean changedBefore(String claim, String action) {
    return mark != null && mark.startsWith(claim + "/" + action + "/");
  }

  /** The same change, which also makes a run the owner of the target. */
  public Change ownedBy(String claim) {
    if (deletes()) {
      return this;
    }
    var operations = patch.deepCopy();
    operations
        .addObject()
        .put("op", "add")
        .put("path", ChangeBuilder.annotation(Annotations.OWNER))
        .put("value", claim);
    return new Change(
        apiVersion,
        kind,
        namespace,
        name,
        uid,
        generation,
        resourceVersion,
        before,
        operations,
        summary,
        hold,
        releases,
        mark,
        owner,
        editor);
  }

  /** True when the target is deleted, not patched. */
  boolean deletes() {
    return patch == null;
  }
}
