package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.status.Hold;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Comparator;
import java.util.regex.Pattern;

/** Builds a {@link Change} of an object. */
public final class ChangeBuilder {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The manager that the API server makes of our client's name, and the built-in controllers. */
  private static final Pattern OURS =
      Pattern.compile("fabric8.*|backstep.*|kube-controller-manager");

  private final HasMetadata target;
  private final ObjectNode before = JSON.objectNode();
  private final ArrayNode patch = JSON.arrayNode();
  private Hold hold;
  private Hold releases;

  private ChangeBuilder(HasMetadata target) {
    this.target = target;
    if (target.getMetadata().getAnnotations() == null
        || target.getMetadata().getAnnotations().isEmpty()) {
      operation("add", "/metadata/annotations", JSON.objectNode());
    }
  }

  /** Starts with the object as it is now. */
  public static ChangeBuilder of(HasMetadata target) {
    return new ChangeBuilder(target);
  }

  /** Sets the value at a JSON pointer; {@code old} is kept as the state before. */
  public ChangeBuilder set(String pointer, JsonNode old, JsonNode value) {
    before.set(pointer, old);
    operation("add", pointer, value);
    return this;
  }

  /** Removes the value at a JSON pointer, which must be there. */
  public ChangeBuilder remove(String pointer, JsonNode old) {
    before.set(pointer, old);
    operation("remove", pointer, null);
    return this;
  }

  /** Sets an annotation of the object. */
  public ChangeBuilder annotate(String key, String value) {
    operation("add", annotation(key), JSON.textNode(value));
    return this;
  }

  /** Removes an annotation of the object, which must be there. */
  public ChangeBuilder unannotate(String key) {
    operation("remove", annotation(key), null);
    return this;
  }

  public ChangeBuilder holding(Hold taken) {
    hold = taken;
    return this;
  }

  public ChangeBuilder releasing(Hold released) {
    releases = released;
    return this;
  }

  public Change build(String summary) {
    var metadata = target.getMetadata();
    // A crash-looping roll-out moves a Deployment's resourceVersion all the time; its generation
    // moves with its spec and its annotations only. The other kinds' generation does not move with
    // annotations, so for them the resourceVersion is the only complete test.
    var generation = target instanceof Deployment ? metadata.getGeneration() : null;
    return new Change(
        target.getApiVersion(),
        target.getKind(),
        metadata.getNamespace(),
        metadata.getName(),
        metadata.getUid(),
        generation,
        metadata.getResourceVersion(),
        before,
        patch,
        summary,
        hold,
        releases,
        annotation(target, Annotations.MARK),
        annotation(target, Annotations.OWNER),
        editor(target));
  }

  /** A change that deletes the object, as it is now. */
  public static Change delete(HasMetadata target, String summary) {
    var metadata = target.getMetadata();
    return new Change(
        target.getApiVersion(),
        target.getKind(),
        metadata.getNamespace(),
        metadata.getName(),
        metadata.getUid(),
        null,
        metadata.getResourceVersion(),
        JSON.objectNode(),
        null,
        summary,
        null,
        null,
        null,
        null,
        null);
  }

  private static String annotation(HasMetadata target, String key) {
    return Annotations.of(target).get(key);
  }

  /** Who wrote the object last, beside Backstep and the controllers that write its status. */
  private static String editor(HasMetadata target) {
    var fields = target.getMetadata().getManagedFields();
    return fields == null
        ? null
        : fields.stream()
            .filter(entry -> entry.getSubresource() == null && entry.getTime() != null)
            .filter(entry -> !OURS.matcher(entry.getManager()).matches())
            .max(Comparator.comparing(ManagedFieldsEntry::getTime))
            .map(ManagedFieldsEntry::getManager)
            .orElse(null);
  }

  /** The JSON pointer of an annotation. */
  public static String annotation(String key) {
    return "/metadata/annotations/" + escape(key);
  }

  /** One member's name as a part of a JSON pointer. */
  public static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private void operation(String op, String path, JsonNode value) {
    var operation = patch.addObject().put("op", op).put("path", path);
    if (value != null) {
      operation.set("value", value);
    }
  }
}
