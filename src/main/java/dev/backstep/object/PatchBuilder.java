package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.object.Edit.Inverse;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.StreamSupport;

/** Builds an {@link ObjectPatch}. */
public final class PatchBuilder {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final Comparator<String> BY_INDEX =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private final HasMetadata target;
  private final List<Edit> edits = new ArrayList<>();
  private final ArrayNode patch = JSON.arrayNode();
  private final List<String> removals = new ArrayList<>();
  private Hold takes;
  private Hold givesBack;

  private PatchBuilder(HasMetadata target) {
    this.target = target;
    if (Annotations.of(target).isEmpty()) {
      operation("add", "/metadata/annotations", JSON.objectNode());
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
    return of(object).givingBack(hold).build(hold.target() + ": does not exist any more");
  }

  /** Sets the value at a JSON pointer; {@code old} is kept as the state before. */
  public PatchBuilder set(String pointer, JsonNode old, JsonNode value) {
    return set(pointer, old, value, Inverse.BACK);
  }

  /** Sets the value at a JSON pointer, and says how that is taken back. */
  public PatchBuilder set(String pointer, JsonNode old, JsonNode value, Inverse inverse) {
    edits.add(new Edit(Place.at(pointer), pointer, old, inverse));
    operation("add", pointer, value);
    return this;
  }

  /** Removes the value at a JSON pointer, which must be there. */
  public PatchBuilder remove(String pointer, JsonNode old) {
    edits.add(new Edit(Place.at(pointer), pointer, old, Inverse.BACK));
    operation("remove", pointer, null);
    return this;
  }

  /**
   * Sets the value of a place, and makes what it is in where that is missing.
   *
   * @param object the target as JSON
   * @param value JSON's null: the place is emptied
   */
  public PatchBuilder set(Place place, JsonNode object, JsonNode value, Inverse inverse) {
    make(place, object);
    var pointer = numbered(place.pointer(object), object);
    var before = place.in(object);
    edits.add(new Edit(place, pointer, before.isMissingNode() ? JSON.nullNode() : before, inverse));
    if (!value.isNull()) {
      operation(before.isMissingNode() ? "add" : "replace", pointer, value);
    } else if (!before.isMissingNode()) {
      removals.add(pointer);
    }
    return this;
  }

  /**
   * Puts a new element before all others of its list, where their order counts.
   *
   * @param object the target as JSON
   */
  public PatchBuilder insertFirst(Place place, JsonNode object, JsonNode value) {
    make(place, object);
    var end = place.pointer(object);
    var pointer = "%s/0".formatted(end.substring(0, end.lastIndexOf('/')));
    edits.add(new Edit(place, pointer, JSON.nullNode(), Inverse.BACK));
    operation("add", pointer, value);
    return this;
  }

  private void make(Place place, JsonNode object) {
    for (var missing : place.missing(object)) {
      if (!made(missing.pointer())) {
        operation("add", missing.pointer(), missing.empty());
      }
    }
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

  private boolean made(String pointer) {
    return StreamSupport.stream(patch.spliterator(), false)
        .anyMatch(operation -> pointer.equals(operation.path("path").asText()));
  }

  /** Sets an annotation of the object. */
  public PatchBuilder annotate(String key, String value) {
    operation("add", annotation(key), JSON.textNode(value));
    return this;
  }

  /** Removes an annotation of the object, which must be there. */
  public PatchBuilder unannotate(String key) {
    operation("remove", annotation(key), null);
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
    var metadata = target.getMetadata();
    // A crash-looping roll-out moves a Deployment's resourceVersion all the time; its generation
    // moves with its spec and its annotations only. The other kinds' generation does not move with
    // annotations, so for them the resourceVersion is the only complete test.
    return build(
        summary,
        target instanceof Deployment
            ? Precondition.generation(metadata.getGeneration())
            : Precondition.version(metadata.getResourceVersion()));
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
    // Elements of lists have to go last first: each moves those behind it.
    removals.sort(BY_INDEX.reversed());
    removals.forEach(pointer -> operation("remove", pointer, null));
    var annotations = Annotations.of(target);
    return new ObjectPatch(
        ObjectRef.of(target),
        target.getMetadata().getUid(),
        precondition,
        List.copyOf(edits),
        patch,
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
    return "/metadata/annotations/" + Place.escaped(key);
  }

  private void operation(String op, String path, JsonNode value) {
    var operation = patch.addObject().put("op", op).put("path", path);
    if (value != null) {
      operation.set("value", value);
    }
  }
}
