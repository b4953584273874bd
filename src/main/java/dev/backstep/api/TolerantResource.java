package dev.backstep.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A resource whose objects can always be read. One whose spec or status this version cannot read (a
 * newer version's field, value or member) does not fail to parse, because that would stop the watch
 * for all others: {@link #unreadable()} says what is wrong with it instead, and its spec is null.
 *
 * @param <S> its spec
 * @param <T> its status
 */
public abstract class TolerantResource<S, T> extends CustomResource<S, T> {
  private static final long serialVersionUID = 1L;

  /** Lives in memory only: survives the copies that the SDK makes of an object. */
  private static final String UNREADABLE = "backstep.dev/unreadable";

  private final Class<S> specType;
  private final Class<T> statusType;
  private transient String problem;

  protected TolerantResource(Class<S> specType, Class<T> statusType) {
    this.specType = specType;
    this.statusType = statusType;
  }

  @Override
  public S getSpec() {
    return problem == null ? super.getSpec() : null;
  }

  /** Reads the spec; what cannot be read is remembered, not thrown. */
  @JsonSetter("spec")
  public void readSpec(JsonNode json) {
    var read = read(json, specType, "spec");
    read.flatMap(this::unknown).ifPresent(this::mark);
    setSpec(read.orElse(null));
  }

  /** Reads the status; what cannot be read is remembered, not thrown. */
  @JsonSetter("status")
  public void readStatus(JsonNode json) {
    var read = read(json, statusType, "status");
    read.flatMap(this::incomplete).ifPresent(this::mark);
    setStatus(read.orElse(null));
  }

  /**
   * What this version does not know in a spec that can be read: the API server prunes a member that
   * its CRD does not have, and what is left may mean something else. Empty: it knows everything.
   */
  protected Optional<String> unknown(S spec) {
    return Optional.empty();
  }

  /** What the operator cannot do without and a status that can be read lacks; empty: nothing. */
  protected Optional<String> incomplete(T status) {
    return Optional.empty();
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    super.setMetadata(metadata);
    mark(problem);
  }

  /**
   * What this version of the operator does not understand in this object, with its place; empty: it
   * is readable.
   */
  @JsonIgnore
  public Optional<String> unreadable() {
    return problem != null || super.getSpec() != null
        ? Optional.ofNullable(problem)
        : Optional.ofNullable(getMetadata().getAnnotations().get(UNREADABLE));
  }

  private <R> Optional<R> read(JsonNode json, Class<R> type, String path) {
    try {
      return Optional.ofNullable(Json.MAPPER.treeToValue(json, type));
    } catch (JsonMappingException e) {
      mark(where(path, e) + " (" + what(e) + ")");
    } catch (JsonProcessingException e) {
      mark(path + ": " + e.getOriginalMessage());
    }
    return Optional.empty();
  }

  private static String where(String path, JsonMappingException e) {
    var where = new StringBuilder(path);
    e.getPath()
        .forEach(
            step ->
                where.append(
                    step.getFieldName() == null
                        ? "[" + step.getIndex() + "]"
                        : "." + step.getFieldName()));
    return where.toString();
  }

  private static String what(JsonMappingException e) {
    return e instanceof UnrecognizedPropertyException
        ? "unknown field"
        : e.getOriginalMessage().lines().findFirst().orElse("");
  }

  private void mark(String wrong) {
    problem = wrong;
    if (problem != null) {
      var annotations = new TreeMap<>(getMetadata().getAnnotations());
      annotations.put(UNREADABLE, problem);
      getMetadata().setAnnotations(annotations);
    }
  }
}
