package dev.backstep.rollbackplan.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.PlanYaml;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanRulesTest {
  private static final String PLAN =
      """
      args: [{name: revision}]
      gates:
      - {name: ready, workload: {kind: Deployment, name: web}}
      - {name: worker, use: OnDemand, workload: {kind: Deployment, name: worker}}
      - {name: looked, manual: {text: Look.}}
      levels:
      - name: restart
        actions:
        - {name: a, restart: {workloads: [{kind: Deployment, name: web}]}}
      - name: revert
        actions:
        - name: b
          rollBack: {workloads: [{kind: Deployment, name: web}], to: {revision: $(args.revision)}}
      """;

  private static final String SYMPTOM = "{name: Errors, severity: High, levels: [restart]%s}";

  private static List<String> broken(String more) {
    return PlanRules.broken(PlanYaml.spec(PLAN + more + "\n"));
  }

  private static List<String> symptom(String more) {
    return broken("symptoms: [" + SYMPTOM.formatted(more) + "]");
  }

  private static List<String> stop(String more) {
    return broken("stopConditions: [{name: s, message: Stop., " + more + "}]");
  }

  private static List<String> trigger(String more) {
    return broken("triggers: [{name: t, " + more + "}]");
  }

  private static List<String> level(String gates, String verify) {
    return PlanRules.broken(
        PlanYaml.spec(
            PLAN.replace("- name: revert", "- name: revert\n  preconditions: " + gates)
                .replace("  - name: b", "  - name: b\n    verify: " + verify)));
  }

  @Test
  void aPlanWithEverythingIsFine() {
    assertThat(
            broken(
                """
                stopConditions:
                - {name: s, before: revert, when: cause == '', message: Stop.}
                - {name: t, after: restart, when: "gates['worker'] != 'Healthy'", message: Stop.}
                symptoms:
                - name: Errors
                  severity: High
                  levels: [restart, revert]
                  gates: [looked]
                  confirm: [revert]
                objectives:
                - {severity: High, respondWithin: 5m, mitigateWithin: 1h}
                - {severity: Low, respondWithin: 1h, mitigateWithin: 8h}
                triggers:
                - {name: red, gates: [ready], levels: [restart]}
                - {name: monday, schedule: "0 3 * * 1", levels: [restart], mode: Drill}
                release: {gates: [worker]}
                run: {id: INC-1, symptom: Errors}
                """))
        .isEmpty();
    assertThat(level("[worker]", "[ready]")).isEmpty();
  }

  @Test
  void preconditionsAreGates() {
    assertThat(level("[no]", "[ready]"))
        .containsExactly("spec.levels, level revert, preconditions: there is no gate no");
  }

  @Test
  void anActionIsVerifiedByGates() {
    assertThat(level("[ready]", "[no]"))
        .containsExactly("spec.levels, level revert, action b, verify: there is no gate no");
  }

  @Test
  void symptomsAreThereOnce() {
    var twice = SYMPTOM.formatted("");

    assertThat(broken("symptoms: [" + twice + ", " + twice + "]"))
        .containsExactly("spec.symptoms: Errors is there twice");
  }

  @Test
  void aSymptomNamesLevels() {
    assertThat(broken("symptoms: [{name: Errors, severity: High, levels: [restart, no]}]"))
        .containsExactly("spec.symptoms, symptom Errors: there is no level no");
  }

  @Test
  void aSymptomNamesGates() {
    assertThat(symptom(", gates: [no]"))
        .containsExactly("spec.symptoms, symptom Errors: there is no gate no");
  }

  @Test
  void aSymptomConfirmsItsOwnLevels() {
    assertThat(symptom(", confirm: [revert]"))
        .containsExactly(
            "spec.symptoms, symptom Errors, confirm (of its levels): there is no level revert");
  }

  @Test
  void stopConditionsAreThereOnce() {
    var one = "{name: s, before: revert, when: 'true', message: Stop.}";

    assertThat(broken("stopConditions: [" + one + ", " + one + "]"))
        .containsExactly("spec.stopConditions: s is there twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void aStopConditionNamesALevel(String where) {
    assertThat(stop(where + ": no, when: 'true'"))
        .containsExactly("spec.stopConditions, stop condition s: there is no level no");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gates['no'] == 'Healthy'", "gates.no == 'Healthy'"})
  void aStopConditionNamesGates(String when) {
    assertThat(stop("before: revert, when: \"" + when + "\""))
        .containsExactly("spec.stopConditions, stop condition s, when: there is no gate no");
  }

  @Test
  void aStopConditionNamesArgs() {
    assertThat(stop("before: revert, when: \"args['no'] == 'x' || args.no2 == 'y'\""))
        .containsExactly(
            "spec.stopConditions, stop condition s, when: there is no arg no",
            "spec.stopConditions, stop condition s, when: there is no arg no2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cause ==", "cause", "run.cause == ''", "gates['ready'] == true"})
  void aStopConditionIsACondition(String when) {
    assertThat(stop("before: revert, when: \"" + when + "\""))
        .singleElement()
        .asString()
        .startsWith("spec.stopConditions, stop condition s, when: at 1:");
  }

  @Test
  void triggersAreThereOnce() {
    var one = "{name: t, gates: [ready], levels: [restart]}";

    assertThat(broken("triggers: [" + one + ", " + one + "]"))
        .containsExactly("spec.triggers: t is there twice");
  }

  /** What is not measured while no run is open cannot start one. */
  @ParameterizedTest
  @ValueSource(strings = {"no", "worker", "looked"})
  void aTriggerLooksAtGatesThatAreMeasuredAllTheTime(String gate) {
    assertThat(trigger("gates: [" + gate + "], levels: [restart]"))
        .containsExactly(
            "spec.triggers, trigger t: there is no gate with use: Health that is measured"
                + " repeatedly "
                + gate);
  }

  @Test
  void aTriggerNamesLevels() {
    assertThat(trigger("gates: [ready], levels: [no]"))
        .containsExactly("spec.triggers, trigger t: there is no level no");
  }

  @Test
  void aTriggerNamesASymptom() {
    assertThat(trigger("gates: [ready], symptom: No"))
        .containsExactly("spec.triggers, trigger t: there is no symptom No");
  }

  @ParameterizedTest
  @ValueSource(strings = {"monday", "0 3 * *", "0 25 * * 1", "0 3 * * 1 2026 7", "* * * * * *"})
  void aScheduleIsUnixCron(String schedule) {
    assertThat(trigger("schedule: '" + schedule + "', levels: [restart], mode: Drill"))
        .singleElement()
        .asString()
        .startsWith("spec.triggers, trigger t, schedule: ");
  }

  @Test
  void aScheduleComesDue() {
    assertThat(trigger("schedule: '0 3 31 2 *', levels: [restart], mode: Drill"))
        .containsExactly("spec.triggers, trigger t, schedule: it never comes due");
  }

  /** Nobody is there to give them. */
  @ParameterizedTest
  @ValueSource(strings = {"levels: [revert]", "symptom: Errors"})
  void aTriggeredRunNeedsNoArgs(String what) {
    var symptoms = "symptoms: [{name: Errors, severity: High, levels: [revert]}]\n";

    assertThat(broken(symptoms + "triggers: [{name: t, gates: [ready], " + what + "}]"))
        .containsExactly(
            "spec.triggers, trigger t: arg revision is needed by the run's levels or their gates,"
                + " and a trigger gives none");
  }

  @Test
  void thereIsOneObjectiveForEachSeverity() {
    var one = "{severity: High, respondWithin: 5m, mitigateWithin: 1h}";

    assertThat(broken("objectives: [" + one + ", " + one + "]"))
        .containsExactly("spec.objectives: High is there twice");
  }

  @Test
  void theReleaseNamesGates() {
    assertThat(broken("release: {gates: [ready, no]}"))
        .containsExactly("spec.release: there is no gate no");
  }

  /** A new run that names what is not there is refused; a run of last week does not matter. */
  @Test
  void whatARunNamesIsNoMistakeOfThePlan() {
    assertThat(broken("run: {id: INC-1, symptom: No}")).isEmpty();
  }

  private static List<String> back(String stable) {
    return PlanRules.broken(
        PlanYaml.spec(
            PLAN.replace("to: {revision: $(args.revision)}", "to: {lastStable: {}}") + stable));
  }

  @Test
  void onlyWhatIsRememberedCanBeGoneBackTo() {
    var at = "spec.levels, level revert, action b: it ";

    assertThat(back(""))
        .containsExactly(at + "goes back to lastStable, but spec.stable does not say what is kept");
    assertThat(back("stable: {workloads: [{kind: Deployment, name: api}]}"))
        .containsExactly(
            at
                + "takes Deployment web back to lastStable, but spec.stable.workloads does not list"
                + " it");
    assertThat(back("stable: {workloads: [{kind: Deployment, name: web}]}")).isEmpty();
  }

  @Test
  void theArgsOfThePlanAreChecked() {
    assertThat(PlanRules.broken(PlanYaml.spec(PLAN.replace("args: [{name: revision}]", ""))))
        .containsExactly(
            "spec.levels[1].actions[0].rollBack.to.revision: it holds $(args.revision), but spec.args has no revision");
  }
}
