package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.status.RunStatus;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A rollback procedure as an object: a ladder of levels that a run climbs until the gates are
 * healthy.
 *
 * <p>An object whose spec or status this version cannot read (a newer version's field, value or
 * action) does not fail to parse, because that would stop the watch for all other plans: {@link
 * #unreadable()} says what is wrong with it instead, and its spec is null.
 */
@Group("backstep.dev")
@Version("v1alpha1")
@ShortNames("rbp")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.standing")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Level", jsonPath = ".status.level")
@AdditionalPrinterColumn(
    name = "Healthy",
    jsonPath = ".status.conditions[?(@.type==\"Healthy\")].status")
@AdditionalPrinterColumn(
    name = "Holds",
    jsonPath = ".status.holding",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Run", jsonPath = ".status.run.id")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.reason", priority = 1)
@AdditionalPrinterColumn(
    name = "Started",
    jsonPath = ".status.run.startedAt",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Mitigated",
    jsonPath = ".status.run.mitigatedAt",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Approver",
    jsonPath = ".status.run.approval.given[*].user",
    priority = 1)
@ValidationRule(
    value =
        """
        !(has(self.status) && has(self.status.run) && self.status.run.active) || \
        (has(self.spec.run) && self.spec.run.id == self.status.run.id) || \
        (has(oldSelf.spec.run) == has(self.spec.run) && (!has(self.spec.run) || \
        oldSelf.spec.run.id == self.spec.run.id))\
        """,
    fieldPath = ".spec.run.id",
    message =
        "a run is open: its id cannot be changed or removed. To stop it set state: Aborted; start the next one when status.run.active is false")
@ValidationRule(
    value =
        """
        !has(self.spec.run) || self.spec.run.state in ['Running', 'Paused'] || \
        (has(self.status) && has(self.status.run) && self.status.run.id == self.spec.run.id) || \
        (has(oldSelf.spec.run) && oldSelf.spec.run == self.spec.run)\
        """,
    fieldPath = ".spec.run.state",
    message = "this state is for the run that status.run names; a new run starts as Running")
@ValidationRule(
    value =
        """
        !has(self.spec.run) || !has(oldSelf.spec.run) || oldSelf.spec.run.id == self.spec.run.id || \
        (has(self.status) && has(self.status.run) && self.status.run.id == self.spec.run.id) || \
        (self.spec.run.state == 'Running' && !has(self.spec.run.answer))\
        """,
    fieldPath = ".spec.run",
    message =
        "a new id starts a new run: it must have state Running and no answer (a merge patch keeps those of the last run; set answer: null)")
@ValidationRule(
    value =
        """
        !has(self.spec.run) || self.spec.run.state != 'Released' || \
        !has(self.status) || !has(self.status.run) || !self.status.run.active || \
        self.status.run.id != self.spec.run.id || \
        (has(oldSelf.spec.run) && oldSelf.spec.run.id == self.spec.run.id && \
        oldSelf.spec.run.state == 'Released')\
        """,
    fieldPath = ".spec.run.state",
    message = "the run is open: to give back what it holds, abort it or let it finish first")
public class RollbackPlan extends CustomResource<RollbackPlanSpec, RollbackPlanStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  /** Lives in memory only: survives the copies that the SDK makes of an object. */
  private static final String UNREADABLE = "backstep.dev/unreadable";

  private transient String problem;

  @Override
  @Required
  public RollbackPlanSpec getSpec() {
    return problem == null ? super.getSpec() : null;
  }

  /** Reads the spec; what cannot be read is remembered, not thrown. */
  @JsonSetter("spec")
  public void readSpec(JsonNode json) {
    var read = read(json, RollbackPlanSpec.class, "spec");
    var unknown = read == null ? null : unknownMember(read);
    if (unknown != null) {
      problem = unknown;
      mark();
    }
    setSpec(read);
  }

  /** The API server prunes a member it does not know: what is left is a union without one. */
  private static String unknownMember(RollbackPlanSpec spec) {
    var gates =
        spec.gates().stream()
            .filter(gate -> !Members.anySet(gate))
            .map(gate -> "spec.gates, gate " + gate.name() + " (no known kind of gate)");
    var actions =
        spec.allActions()
            .filter(action -> !Members.anySet(action))
            .map(action -> "spec.levels, action " + action.name() + " (no known kind of action)");
    return Stream.concat(gates, actions).findFirst().orElse(null);
  }

  /** Reads the status; what cannot be read is remembered, not thrown. */
  @JsonSetter("status")
  public void readStatus(JsonNode json) {
    var read = read(json, RollbackPlanStatus.class, "status");
    var run = read == null ? null : read.run();
    if (run != null && !complete(run)) {
      problem = "status.run: the operator's own fields are missing";
      mark();
    }
    setStatus(read);
  }

  private static boolean complete(RunStatus run) {
    return Stream.of(
            run.id(), run.uid(), run.claim(), run.seq(), run.phase(), run.active(), run.levels())
        .allMatch(Objects::nonNull);
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    super.setMetadata(metadata);
    mark();
  }

  /** What this version of the operator does not understand in this object; null: it is readable. */
  @JsonIgnore
  public String unreadable() {
    if (problem != null) {
      return problem;
    }
    return super.getSpec() == null ? getMetadata().getAnnotations().get(UNREADABLE) : null;
  }

  private <T> T read(JsonNode json, Class<T> type, String path) {
    try {
      return Json.MAPPER.treeToValue(json, type);
    } catch (JsonMappingException e) {
      var where = new StringBuilder(path);
      e.getPath()
          .forEach(
              step ->
                  where.append(
                      step.getFieldName() == null
                          ? "[" + step.getIndex() + "]"
                          : "." + step.getFieldName()));
      problem = where + " (" + what(e) + ")";
    } catch (JsonProcessingException e) {
      problem = path + ": " + e.getOriginalMessage();
    }
    mark();
    return null;
  }

  private static String what(JsonMappingException e) {
    return e instanceof UnrecognizedPropertyException
        ? "unknown field"
        : e.getOriginalMessage().lines().findFirst().orElse("");
  }

  private void mark() {
    if (problem != null) {
      var annotations = new TreeMap<>(getMetadata().getAnnotations());
      annotations.put(UNREADABLE, problem);
      getMetadata().setAnnotations(annotations);
    }
  }
}
