package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.gate.OnceRules;
import dev.backstep.api.v1alpha1.ladder.Argument;
import dev.backstep.api.v1alpha1.ladder.Escalation;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Objective;
import dev.backstep.api.v1alpha1.ladder.Release;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Stable;
import dev.backstep.api.v1alpha1.ladder.StopCondition;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.ladder.Trigger;
import dev.backstep.api.v1alpha1.ladder.Verification;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A ladder from the least to the most destructive measure. Inert until {@code run} asks for it. */
@ValidationRule(
    value =
        "self.levels.all(l, l.actions.all(a, self.levels.exists_one(m, m.actions.exists(b, b.name == a.name))))",
    fieldPath = ".levels",
    message = "two actions have the same name: action names are unique in the whole plan",
    // format() and not +: the API server cannot tell how long a text is that + makes of a filtered
    // list, and refuses the rule as too expensive.
    messageExpression =
        """
        'two actions have the name %s: action names are unique in the whole plan'\
        .format([self.levels.map(l, \
        l.actions.filter(a, !self.levels.exists_one(m, m.actions.exists(b, b.name == a.name))))\
        .filter(d, d.size() > 0)[0][0].name])\
        """)
@ValidationRule(
    value =
        "self.levels.all(l, !has(l.gates) || l.gates.all(n, self.gates.exists(g, g.name == n)))",
    fieldPath = ".levels",
    message = "a level names a gate that is not in spec.gates",
    messageExpression =
        """
        'level %s names gate %s, which is not in spec.gates'.format([\
        self.levels.filter(l, has(l.gates) && l.gates.exists(n, \
        !self.gates.exists(g, g.name == n)))[0].name, \
        self.levels.filter(l, has(l.gates) && l.gates.exists(n, \
        !self.gates.exists(g, g.name == n)))[0]\
        .gates.filter(n, !self.gates.exists(g, g.name == n))[0]])\
        """)
@ValidationRule(
    value =
        """
        !has(self.run) || !has(self.run.levels) || \
        (oldSelf.hasValue() && has(oldSelf.value().run) && oldSelf.value().run.id == self.run.id) || \
        self.run.levels.all(n, self.levels.exists(l, l.name == n))\
        """,
    optionalOldSelf = true,
    fieldPath = ".run.levels",
    message = "the run names a level that is not in spec.levels",
    messageExpression =
        """
        'the run names level %s, which is not in spec.levels'.format([\
        self.run.levels.filter(n, !self.levels.exists(l, l.name == n))[0]])\
        """)
@ValidationRule(
    value =
        "!has(self.notifications) || self.notifications.all(n, !has(n.events) || !n.events.exists(e, e in ['QueueUnhealthy', 'SyncStale']))",
    fieldPath = ".notifications",
    message = "a plan has no queue: QueueUnhealthy and SyncStale are events of a SyncControl")
@SchemaCustomizer(OnceRules.OfPlan.class)
@RecordBuilder
public record RollbackPlanSpec(
    @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription(
            "ServiceAccount in the plan's namespace. Every write to anything that is not Backstep's own, and every read of a Secret, is made as this ServiceAccount: its RBAC decides what the plan may do.")
        String serviceAccountName,
    @Default("false")
        @JsonPropertyDescription(
            "true: no run starts and no gate is measured while no run is open; a run under way goes on.")
        Boolean suspend,
    @Size(max = 16) @JsonPropertyDescription("What a run may fill in without editing the plan.")
        List<Argument> args,
    @Required
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "What healthy means: all gates with use: Health are green. At least one of them is measured repeatedly.")
        List<Gate> gates,
    @JsonPropertyDescription("What is remembered as proven good; rollBack.to.lastStable needs it.")
        Stable stable,
    @Required
        @Size(min = 1, max = 12)
        @JsonPropertyDescription("The ladder, least destructive level first.")
        List<Level> levels,
    @Default("{}") @JsonPropertyDescription("How a recovery is proven.") Verification verification,
    @Size(max = 16)
        @JsonPropertyDescription(
            "What makes a run ask before it goes on. One is built in: a level that destroys something without a backup made before it in the same level.")
        List<StopCondition> stopConditions,
    @Size(max = 32)
        @JsonPropertyDescription("The decision matrix: symptom, urgency, levels that help.")
        List<Symptom> symptoms,
    @Size(max = 4) @JsonPropertyDescription("Promises, one for each severity.")
        List<Objective> objectives,
    @Size(max = 16)
        @JsonPropertyDescription(
            "What starts a run without a human: gates that stay red, a schedule.")
        List<Trigger> triggers,
    @JsonPropertyDescription("What must be healthy before what is held is given back.")
        Release release,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Levels with dbRestore can be carried out only if a drill of theirs went well within this time; absent: also without.")
        String drillWithin,
    @JsonPropertyDescription(
            "Who deploys what the plan changes as Git has it. Held from the first level that acts, before its first action, until the run is released or undone.")
        GitOps gitOps,
    @JsonPropertyDescription("Whom to call when the ladder does not help.") Escalation escalation,
    @Size(max = 8) @JsonPropertyDescription("Where people are told how a run goes.")
        List<Notification> notifications,
    @Default("10")
        @Min(1)
        @Max(50)
        @JsonPropertyDescription("How many ended runs are kept in status.history.")
        Integer historyLimit,
    @JsonPropertyDescription(
            "The wish to carry the plan out. Absent: the plan does nothing but measure its gates.")
        Run run)
    implements RollbackPlanSpecBuilder.With {

  /** Lists are never null. */
  public RollbackPlanSpec {
    args = args == null ? List.of() : args;
    stopConditions = stopConditions == null ? List.of() : stopConditions;
    symptoms = symptoms == null ? List.of() : symptoms;
    objectives = objectives == null ? List.of() : objectives;
    triggers = triggers == null ? List.of() : triggers;
    notifications = notifications == null ? List.of() : notifications;
  }

  /** The plan as it is carried out: each level begins with the hold that gitOps asks for. */
  public RollbackPlanSpec carriedOut() {
    return gitOps == null ? this : withLevels(gitOps.before(levels));
  }

  /** The actions of all levels, in their order. */
  public Stream<Action> allActions() {
    return levels.stream().flatMap(level -> level.actions().stream());
  }

  /** The symptom with this name; empty: there is none, or no name. */
  public Optional<Symptom> symptomNamed(String name) {
    return symptoms.stream().filter(symptom -> symptom.name().equals(name)).findFirst();
  }
}
