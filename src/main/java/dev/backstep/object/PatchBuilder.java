package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.object.Edit.Inverse;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Builds an {@link ObjectPatch}. */
public final class PatchBuilder {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final HasMetadata target;
  private final List<Edit> edits = new ArrayList<>();
  private final PatchOperations patch = new PatchOperations();
  private Hold takes;
  private Hold givesBack;

  private PatchBuilder(HasMetadata target) {
    this.target = target;
    if (Annotations.of(target).isEmpty()) {
      patch.add("/metadata/annotations", JSON.objectNode());
    }
  }

  /** Starts with the object as it is now. */
  public static PatchBuilder of(HasMetadata target) {
    return new PatchBuilder(target);
  }

  /**
   * A target that does not exist any more needs no release. Caches alone do not prove that: when it
   * is sent, nothing of that name may be there.
   */
  public static ObjectPatch gone(Hold hold, String apiVersion, String namespace) {
    var object = new GenericKubernetesResource();
    object.setApiVersion(apiVersion);
    object.setKind(hold.kind());
    object.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(hold.name())
            .withResourceVersion("0")
            .build());
    return of(object)
        .givingBack(hold)
        .build("%s: does not exist any more".formatted(hold.target()));
  }

  /** Sets the value at a JSON pointer; {@code old} is kept as the state before. */
  public PatchBuilder set(String pointer, JsonNode old, JsonNode value) {
    return set(pointer, old, value, Inverse.BACK);
  }

  /** Sets the value at a JSON pointer, and says how that is taken back. */
  public PatchBuilder set(String pointer, JsonNode old, JsonNode value, Inverse inverse) {
    edits.add(new Edit(Place.at(pointer), pointer, old, inverse));
    patch.add(pointer, value);
    return this;
  }

  /** Removes the value at a JSON pointer, which must be there. */
  public PatchBuilder remove(String pointer, JsonNode old) {
    edits.add(new Edit(Place.at(pointer), pointer, old, Inverse.BACK));
    patch.remove(pointer);
    return this;
  }

  /**
   * Sets the value of a place, and makes what it is in where that is missing.
   *
   * @param object the target as JSON
   * @param value JSON's null: the place is emptied
   */
  public PatchBuilder set(Place place, JsonNode object, JsonNode value, Inverse inverse) {
    patch.make(place, object);
    var pointer = numbered(place.pointer(object), object);
    var before = place.in(object);
    edits.add(new Edit(place, pointer, before.isMissingNode() ? JSON.nullNode() : before, inverse));
    if (value.isNull()) {
      if (!before.isMissingNode()) {
        patch.removeLast(pointer);
      }
    } else if (before.isMissingNode()) {
      patch.add(pointer, value);
    } else {
      patch.replace(pointer, value);
    }
    return this;
  }

  /**
   * Puts a new element before all others of its list, where their order counts.
   *
   * @param object the target as JSON
   */
  public PatchBuilder insertFirst(Place place, JsonNode object, JsonNode value) {
    patch.make(place, object);
    var end = place.pointer(object);
    var pointer = "%s/0".formatted(end.substring(0, end.lastIndexOf('/')));
    edits.add(new Edit(place, pointer, JSON.nullNode(), Inverse.BACK));
    patch.add(pointer, value);
    return this;
  }

  /** A new element of a list is put after those that are there, and those that were put before. */
  private String numbered(String pointer, JsonNode object) {
    if (!pointer.endsWith("/-")) {
      return pointer;
    }
    var list = pointer.substring(0, pointer.length() - 1);
    var there = object.at(list.substring(0, list.length() - 1)).size();
    var added =
        edits.stream()
            .filter(edit -> edit.pointer().startsWith(list) && edit.before().isNull())
            .count();
    return list + (there + added);
  }

  /** Sets an annotation of the object. */
  public PatchBuilder annotate(String key, String value) {
    patch.add(annotation(key), JSON.textNode(value));
    return this;
  }

  /** Removes an annotation of the object, which must be there. */
  public PatchBuilder unannotate(String key) {
    patch.remove(annotation(key));
    return this;
  }

  /** What is kept off once this is applied. */
  public PatchBuilder taking(Hold hold) {
    takes = hold;
    return this;
  }

  /** What is not kept off any more once this is applied. */
  public PatchBuilder givingBack(Hold hold) {
    givesBack = hold;
    return this;
  }

  /** The patch, on the object as it is now. */
  public ObjectPatch build(String summary) {
    return build(summary, Precondition.of(target));
  }

  /**
   * The patch, on an object that others write all the time: only these values have to be as they
   * are now, and the fence, which has to be there.
   *
   * @param object the target as JSON
   */
  public ObjectPatch build(String summary, JsonNode object, Place... tested) {
    var values = new LinkedHashMap<String, JsonNode>();
    for (var place : tested) {
      values.put(place.pointer(object), place.in(object));
    }
    var fence = annotation(Annotations.FENCE);
    values.put(fence, object.at(fence));
    return build(summary, Precondition.values(values));
  }

  /**
   * The patch of annotations alone, on an object whose status others write all the time: the
   * annotations have to be as they are now.
   */
  public ObjectPatch buildOnAnnotations(String summary) {
    return buildOnAnnotations(summary, JSON.objectNode());
  }

  /**
   * The patch, on an object whose status others write all the time: its annotations and these
   * places, which are there, have to be as they are now.
   *
   * @param object the target as JSON
   */
  public ObjectPatch buildOnAnnotations(String summary, JsonNode object, Place... tested) {
    var annotations = Annotations.of(target);
    if (annotations.isEmpty()) {
      return build(summary);
    }
    var written = JSON.objectNode();
    annotations.forEach(written::put);
    var values = new LinkedHashMap<String, JsonNode>();
    values.put("/metadata/annotations", written);
    for (var place : tested) {
      values.put(place.pointer(object), place.in(object));
    }
    return build(summary, Precondition.values(values));
  }

  private ObjectPatch build(String summary, Precondition precondition) {
    var annotations = Annotations.of(target);
    return new ObjectPatch(
        ObjectRef.of(target),
        target.getMetadata().getUid(),
        precondition,
        List.copyOf(edits),
        patch.all(),
        summary,
        takes,
        givesBack,
        null,
        null,
        annotations.get(Annotations.MARK),
        annotations.get(Annotations.OWNER));
  }

  /** The JSON pointer of an annotation. */
  public static String annotation(String key) {
    return "/metadata/annotations/%s".formatted(Place.escaped(key));
  }
}
