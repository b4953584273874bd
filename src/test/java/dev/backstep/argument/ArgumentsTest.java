package dev.backstep.argument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.testing.PlanYaml;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static final String PLAN =
      """
      args: [%s]
      gates:
      - {name: ready, workload: {kind: Deployment, name: web}}
      %s
      levels:
      - name: revision
        actions:
        - name: a
          rollBack: {workloads: [{kind: Deployment, name: web}], to: {revision: $(args.revision)}}
      - name: image
        actions:
        - name: b
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "example.com/web:$(args.tag)"}]}
      - name: restart
        gates: [ready, asked]
        actions:
        - {name: c, restart: {workloads: [{kind: Deployment, name: web}]}}
      """;

  private static final String ARGS = "{name: revision}, {name: tag, default: '1.4'}";
  private static final String ASKED =
      "- {name: asked, use: OnDemand, http: {method: POST, path: /a/$(args.text), body: '%s'}}";

  private static final String HEADER =
      "- {name: asked, use: OnDemand, http: {headers: [{name: X, value: for $(args.text)}]}}";

  private static final String REVISION = "spec.levels[0].actions[0].rollBack.to.revision";
  private static final String IMAGE = "spec.levels[1].actions[0].rollBack.to.images[0].image";

  private static RollbackPlanSpec plan(String args, String... gates) {
    var list = gates.length == 0 ? "" : String.join("\n", gates);
    return PlanYaml.spec(PLAN.formatted(args, list));
  }

  private static Run run(String... args) {
    return RunBuilder.builder()
        .id("INC-1")
        .args(
            Arrays.stream(args)
                .map(arg -> arg.split("=", 2))
                .map(parts -> new Run.Value(parts[0], parts[1]))
                .toList())
        .build();
  }

  private static List<String> problems(Run run, String... levels) {
    return Arguments.problems(plan(ARGS), run, List.of(levels));
  }

  private static String revision(RollbackPlanSpec plan) {
    return plan.levels().get(0).actions().get(0).rollBack().to().revision();
  }

  private static String image(RollbackPlanSpec plan) {
    return plan.levels().get(1).actions().get(0).rollBack().to().images().get(0).image();
  }

  // ---- what is wrong with a plan

  @Test
  void aPlanWithoutArgsIsFine() {
    var plan = PlanYaml.spec("{gates: [], levels: []}");

    assertThat(Arguments.invalid(plan)).isEmpty();
    assertThat(Arguments.resolve(plan, run())).isSameAs(plan);
  }

  @Test
  void aPlanWhoseArgsAreAllDeclaredIsFine() {
    assertThat(Arguments.invalid(plan(ARGS))).isEmpty();
  }

  @Test
  void anArgThatIsUsedMustBeDeclared() {
    assertThat(Arguments.invalid(plan("{name: revision}")))
        .containsExactly(IMAGE + ": it holds $(args.tag), but spec.args has no tag");
  }

  @Test
  void namesAreThereOnce() {
    assertThat(Arguments.invalid(plan(ARGS + ", {name: tag}")))
        .containsExactly("spec.args: two args have the same name");
  }

  @Test
  void aPatternMustCompile() {
    assertThat(Arguments.invalid(plan(ARGS + ", {name: odd, pattern: '[a-'}")))
        .singleElement()
        .asString()
        .startsWith("spec.args, arg odd: pattern is no RE2 expression: ");
  }

  /** RE2 has no look-behind and no back references: nothing that can run for ever. */
  @Test
  void whatOnlyABacktrackingEngineKnowsIsNoPattern() {
    assertThat(Arguments.invalid(plan(ARGS + ", {name: odd, pattern: '(a+)\\1'}"))).hasSize(1);
  }

  @Test
  void theDefaultMustMatchTheWholePattern() {
    var plan = plan(ARGS + ", {name: number, default: 12a, pattern: '[0-9]+'}");

    assertThat(Arguments.invalid(plan))
        .containsExactly("spec.args, arg number: the default does not match the pattern [0-9]+");
  }

  @Test
  void withoutAPatternADefaultIsPlain() {
    assertThat(Arguments.invalid(plan(ARGS + ", {name: odd, default: 'a b'}"))).hasSize(1);
  }

  @Test
  void aDefaultMustFitTheFieldItGoesInto() {
    assertThat(Arguments.invalid(plan("{name: revision, default: latest}, {name: tag}")))
        .containsExactly(REVISION + ": it cannot be latest ($(args.revision))");
  }

  @Test
  void aGateThatIsMeasuredWithoutARunNeedsADefault() {
    var gate = "- {name: api, http: {path: /$(args.tenant)}}";

    assertThat(Arguments.invalid(plan(ARGS + ", {name: tenant}", gate)))
        .containsExactly(
            "spec.gates, gate api: it is measured without a run too, so arg tenant needs a"
                + " default");
    assertThat(Arguments.invalid(plan(ARGS + ", {name: tenant, default: acme}", gate))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"use: OnDemand", "use: Evidence", "measure: Once"})
  void aGateThatIsMeasuredInARunOnlyNeedsNone(String how) {
    var gate = "- {name: api, " + how + ", http: {path: /$(args.tenant)}}";

    assertThat(Arguments.invalid(plan(ARGS + ", {name: tenant}", gate))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'manual: {text: Look at $(args.tag).}', manual.text",
    "'manual: {text: Look., checklist: [$(args.tag)]}', manual.checklist[0]",
    "'http: {url: \"https://$(args.tag)/\"}', http.url",
    "'http: {service: {name: $(args.tag), port: 80}}', http.service.name",
    "'http: {headers: [{name: $(args.tag), value: x}]}', http.headers[0].name",
    "'http: {path: /$(args.Tag)}', http.path",
  })
  void aUseThatWouldNotBeFilledInIsSaid(String gate, String field) {
    assertThat(Arguments.invalid(plan(ARGS, "- {name: g, use: OnDemand, " + gate + "}")))
        .containsExactly(
            "spec.gates[1]." + field + ": it holds $(args...), but no arg is filled in there");
  }

  @Test
  void aDescriptionMayTalkOfArgs() {
    var gate = "- {name: g, description: needs $(args.tag), manual: {text: Look.}}";

    assertThat(Arguments.invalid(plan(ARGS, gate))).isEmpty();
  }

  // ---- keys of a ConfigMap are no fields

  private static RollbackPlanSpec withKeys(String value) {
    return PlanYaml.spec(
        PLAN.formatted("{name: tag, default: a/b}, {name: revision}", "")
            + """
            - name: config
              actions:
              - name: d
                setConfig: {configMap: {name: c, data: {path: '%1$s', value: '%1$s', body: x}}}
            """
                .formatted(value));
  }

  @Test
  void aKeyThatIsCalledLikeAFieldIsNoPlaceOfArgs() {
    var at = "spec.levels[3].actions[0].setConfig.configMap.data.";
    var said = ": it holds $(args...), but no arg is filled in there";

    assertThat(Arguments.invalid(withKeys("/$(args.tag)")))
        .containsExactly(at + "path" + said, at + "value" + said);
    assertThat(Arguments.invalid(withKeys("\u00fc/../x"))).isEmpty();
  }

  @Test
  void aKeyThatIsCalledLikeAFieldStaysAsItIs() {
    var plan = withKeys("/$(args.tag)");

    assertThat(Arguments.resolve(plan, null).levels().get(3)).isEqualTo(plan.levels().get(3));
  }

  // ---- programs

  private static RollbackPlanSpec withJob(String run) {
    return PlanYaml.spec(
        PLAN.formatted(ARGS + ", {name: text, pattern: '(?s).*'}", "")
            + """
            - name: job
              actions:
              - {name: e, job: {effect: Repair, destructive: false, run: {image: tool, %s}}}
            """
                .formatted(run));
  }

  @Test
  void argumentsAndVariablesOfAProgramAreFilledIn() {
    var plan =
        withJob(
            "args: [--tag, 'v$(args.tag)', $(args.text)], env: [{name: T, value: $(args.tag)}]");
    var filled = Arguments.resolve(plan, run("text=a b; c")).levels().get(3).actions().get(0);

    assertThat(Arguments.invalid(plan)).isEmpty();
    assertThat(filled.job().run().args()).containsExactly("--tag", "v1.4", "a b; c");
    assertThat(filled.job().run().env().get(0).value()).isEqualTo("1.4");
  }

  @Test
  void theProgramItselfIsNotTheRuns() {
    assertThat(Arguments.invalid(withJob("command: [$(args.tag)]")))
        .containsExactly(
            "spec.levels[3].actions[0].job.run.command[0]: it holds $(args...), but no arg is filled"
                + " in there");
  }

  @Test
  void noProgramIsGivenNul() {
    var plan = withJob("args: [$(args.text)]");

    assertThat(Arguments.problems(plan, run("text=a\u0000"), List.of("job")))
        .singleElement()
        .asString()
        .startsWith("spec.levels[3].actions[0].job.run.args[0]: it cannot be a");
    assertThat(Arguments.problems(plan, run("text=a\nb"), List.of("job"))).isEmpty();
    assertThat(Arguments.problems(plan, run(), List.of("job")))
        .containsExactly("arg text is needed by the run's levels or their gates");
  }

  // ---- SQL

  private static RollbackPlanSpec withSql(String args) {
    return PlanYaml.spec(
        PLAN.formatted(args, "")
            + """
            - name: sql
              actions:
              - name: f
                sql:
                  effect: Repair
                  destructive: true
                  databaseRef: {name: db}
                  statements: "update o set a = :a, b = ':no' -- :no"
                  remember: [{table: o, key: [id], columns: [a], where: id = :b}]
                  check: {query: 'select :c::int', successCondition: 'true'}
                  undo: "update o set a = :d"
            """);
  }

  @Test
  void sqlBindsArgsThatAreDeclared() {
    assertThat(Arguments.invalid(withSql(ARGS + ", {name: a}, {name: b}, {name: d}")))
        .containsExactly(
            "spec.levels[3].actions[0].sql.check.query: it binds :c, but spec.args has no c. A slice"
                + " such as [1 : c] needs spaces around its colon");
  }

  /** An idle plan whose SQL binds an arg without a default is in order: a run gives it. */
  @Test
  void anArgThatSqlBindsNeedsNoDefaultButTheRunGivesIt() {
    var plan = withSql(ARGS + ", {name: a}, {name: b}, {name: c}, {name: d, default: x}");

    assertThat(Arguments.invalid(plan)).isEmpty();
    assertThat(Arguments.problems(plan, run("a=1", "b=2"), List.of("sql")))
        .containsExactly("arg c is needed by the run's levels or their gates");
    assertThat(Arguments.problems(plan, run("a=1", "b=2", "c=3"), List.of("sql"))).isEmpty();
    assertThat(Arguments.problems(plan, run("a=1", "revision=2"), List.of("revision"))).isEmpty();
  }

  @Test
  void noArgIsWrittenIntoSql() {
    var plan = withSql(ARGS + ", {name: a}, {name: b}, {name: c}, {name: d}");
    var text = "update o set a = '$(args.a)'";

    assertThat(Arguments.resolve(plan, run("a=1")).levels().get(3)).isEqualTo(plan.levels().get(3));
    assertThat(
            Arguments.invalid(
                PlanYaml.spec(
                    PLAN.formatted(ARGS, "")
                        + """
                        - name: sql
                          actions:
                          - name: f
                            sql:
                              effect: Repair
                              destructive: true
                              databaseRef: {name: db}
                              statements: "%s"
                        """
                            .formatted(text))))
        .containsExactly(
            "spec.levels[3].actions[0].sql.statements: it holds $(args...), but no arg is filled in"
                + " there");
  }

  // ---- what is wrong with a run

  @Test
  void aRunGivesWhatItsLevelsNeed() {
    assertThat(problems(run(), "revision"))
        .containsExactly("arg revision is needed by the run's levels or their gates");
    assertThat(problems(run("revision=3"), "revision")).isEmpty();
  }

  @Test
  void aRunNeedNotGiveWhatHasADefaultOrBelongsToOtherLevels() {
    assertThat(problems(run(), "image", "restart")).isEmpty();
  }

  @Test
  void aRunGivesOnlyWhatThePlanHas() {
    assertThat(problems(run("colour=red"), "restart"))
        .containsExactly("the plan has no arg colour, it has [revision, tag]");
  }

  @Test
  void aRunGivesEachArgOnce() {
    assertThat(problems(run("tag=1", "tag=2"), "image"))
        .containsExactly("the run gives an arg twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\nb", "$(args.revision)", "a;b", "a\"b"})
  void withoutAPatternAValueIsPlain(String value) {
    assertThat(problems(run("tag=" + value), "image"))
        .containsExactly("arg tag must match [A-Za-z0-9._:/-]{1,200}");
  }

  @Test
  void aValueMustMatchTheWholePattern() {
    var plan = plan(ARGS + ", {name: number, pattern: '[0-9]+'}");

    assertThat(Arguments.problems(plan, run("number=12a"), List.of("image")))
        .containsExactly("arg number must match [0-9]+");
    assertThat(Arguments.problems(plan, run("number=12"), List.of("image"))).isEmpty();
  }

  @Test
  void aPatternThatDoesNotCompileFitsNothing() {
    var plan = plan(ARGS + ", {name: odd, pattern: '[a-'}");

    assertThat(Arguments.problems(plan, run("odd=a"), List.of("image")))
        .containsExactly("arg odd must match [a-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "0", "-1", "3.5", "1234567890123456789"})
  void aRevisionIsANumber(String value) {
    assertThat(problems(run("revision=" + value), "revision"))
        .containsExactly(REVISION + ": it cannot be " + value + " ($(args.revision))");
  }

  @Test
  void anImageIsAnImageWhateverThePatternSays() {
    var plan = plan("{name: revision}, {name: tag, pattern: '.*'}");

    assertThat(Arguments.problems(plan, run("tag=1 --privileged"), List.of("image")))
        .containsExactly(
            IMAGE + ": it cannot be example.com/web:1 --privileged (example.com/web:$(args.tag))");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nX-Other: 1", "a\r", "a\u0000", "\u00fc"})
  void aHeaderIsOneLineWhateverThePatternSays(String value) {
    var plan = plan(ARGS + ", {name: text, pattern: '(?s).*'}", HEADER);

    assertThat(Arguments.problems(plan, run("text=" + value), List.of("restart")))
        .containsExactly(
            "spec.gates[1].http.headers[0].value: it cannot be for "
                + value
                + " (for $(args.text))");
  }

  @ParameterizedTest
  @CsvSource({".,/a/.", "..,/a/.."})
  void aPathCannotBeClimbedUp(String value, String path) {
    var plan = plan(ARGS + ", {name: text}", ASKED.formatted("x"));

    assertThat(Arguments.problems(plan, run("text=" + value), List.of("restart")))
        .containsExactly(
            "spec.gates[1].http.path: it cannot be %s (/a/$(args.text))".formatted(path));
    assertThat(Arguments.problems(plan, run("text=..." + value), List.of("restart"))).isEmpty();
  }

  @Test
  void gatesOfTheRunNeedTheirArgsToo() {
    var plan = plan(ARGS + ", {name: text}", ASKED.formatted("x"));
    var needed = "arg text is needed by the run's levels or their gates";

    assertThat(Arguments.problems(plan, run(), List.of("restart"))).containsExactly(needed);
    assertThat(Arguments.problems(plan, run("text=x"), List.of("restart"))).isEmpty();
    assertThat(Arguments.problems(plan, run(), List.of("image"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "release: {gates: [asked]}",
        "symptoms: [{name: Odd, severity: Low, levels: [image], gates: [asked]}]",
        "stopConditions: [{name: s, before: image, when: \"gates['asked'] == ''\", message: m}]",
      })
  void gatesThatOtherPartsNameNeedTheirArgsToo(String part) {
    var text = PLAN.formatted(ARGS + ", {name: text}", ASKED.formatted("x")) + part + "\n";
    var run = run().with().symptom("Odd").build();

    assertThat(Arguments.problems(PlanYaml.spec(text), run, List.of("image")))
        .containsExactly("arg text is needed by the run's levels or their gates");
  }

  // ---- filling in

  @Test
  void whatTheRunGivesIsFilledIn() {
    var filled = Arguments.resolve(plan(ARGS), run("revision=3", "tag=1.3"));

    assertThat(revision(filled)).isEqualTo("3");
    assertThat(image(filled)).isEqualTo("example.com/web:1.3");
  }

  @Test
  void elseTheDefaultIs() {
    var filled = Arguments.resolve(plan(ARGS), run());

    assertThat(image(filled)).isEqualTo("example.com/web:1.4");
    assertThat(revision(filled)).isEqualTo("$(args.revision)");
    assertThat(Arguments.resolve(plan(ARGS), null)).isEqualTo(filled);
  }

  @Test
  void nothingElseOfThePlanChanges() {
    var plan = plan(ARGS);
    var filled = Arguments.resolve(plan, run("revision=3"));

    assertThat(filled.with().levels(plan.levels()).build()).isEqualTo(plan);
  }

  @ParameterizedTest
  @CsvSource({
    "a b/c?d=e&f, /a/a%20b%2Fc%3Fd%3De%26f",
    "../admin, /a/..%2Fadmin",
    "a+b, /a/a%2Bb",
    "ü, /a/%C3%BC",
  })
  void inAPathAValueIsPercentEncoded(String value, String path) {
    var plan = plan(ARGS + ", {name: text, pattern: '.*'}", ASKED.formatted("x"));

    assertThat(Arguments.resolve(plan, run("text=" + value)).gates().get(1).http().path())
        .isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"a\"b | {\"t\": \"a\\\"b\"}", "a\\b | {\"t\": \"a\\\\b\"}"})
  void inABodyAValueIsEscapedAsJson(String value, String body) {
    var gate = ASKED.formatted("{\"t\": \"$(args.text)\"}");
    var plan = plan(ARGS + ", {name: text, pattern: '.*'}", gate);

    assertThat(Arguments.resolve(plan, run("text=" + value)).gates().get(1).http().body())
        .isEqualTo(body);
  }

  @Test
  void inAHeaderAValueStandsAsItIs() {
    var plan = plan(ARGS + ", {name: text, pattern: '.*'}", HEADER);
    var gate = Arguments.resolve(plan, run("text=a \"b\" + c")).gates().get(1);

    assertThat(gate.http().headers().get(0).value()).isEqualTo("for a \"b\" + c");
  }

  @Test
  void aValueIsNotFilledInAgain() {
    var plan = plan(ARGS + ", {name: text, pattern: '.*'}", ASKED.formatted("$(args.text)"));

    assertThat(Arguments.resolve(plan, run("text=$(args.tag)")).gates().get(1).http().body())
        .isEqualTo("$(args.tag)");
  }

  @Test
  void severalUsesInOneFieldAreAllFilledIn() {
    var plan =
        plan(ARGS + ", {name: text}", ASKED.formatted("$(args.text)-$(args.tag)-$(args.text)"));

    assertThat(Arguments.resolve(plan, run("text=x")).gates().get(1).http().body())
        .isEqualTo("x-1.4-x");
  }

  @Test
  void valuesAreWhatTheRunGivesAndElseTheDefaults() {
    assertThat(Arguments.values(plan(ARGS), run("revision=3")))
        .containsOnly(entry("revision", "3"), entry("tag", "1.4"));
  }
}
