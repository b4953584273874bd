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
        .containsExactly("$(args.tag) is used but spec.args has no tag");
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
        .containsExactly("revision cannot be latest ($(args.revision))");
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
    "'manual: {text: Look at $(args.tag).}', text",
    "'http: {url: \"https://$(args.tag)/\"}', url",
    "'http: {service: {name: $(args.tag), port: 80}}', name",
    "'http: {headers: [{name: $(args.tag), value: x}]}', name",
    "'http: {path: /$(args.Tag)}', path",
  })
  void aUseThatWouldNotBeFilledInIsSaid(String gate, String field) {
    assertThat(Arguments.invalid(plan(ARGS, "- {name: g, use: OnDemand, " + gate + "}")))
        .containsExactly(field + " holds $(args...), but no arg is filled in there");
  }

  @Test
  void aDescriptionMayTalkOfArgs() {
    var gate = "- {name: g, description: needs $(args.tag), manual: {text: Look.}}";

    assertThat(Arguments.invalid(plan(ARGS, gate))).isEmpty();
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
        .containsExactly("revision cannot be " + value + " ($(args.revision))");
  }

  @Test
  void anImageIsAnImageWhateverThePatternSays() {
    var plan = plan("{name: revision}, {name: tag, pattern: '.*'}");

    assertThat(Arguments.problems(plan, run("tag=1 --privileged"), List.of("image")))
        .containsExactly(
            "image cannot be example.com/web:1 --privileged (example.com/web:$(args.tag))");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nX-Other: 1", "a\r", "a\u0000", "\u00fc"})
  void aHeaderIsOneLineWhateverThePatternSays(String value) {
    var plan = plan(ARGS + ", {name: text, pattern: '(?s).*'}", HEADER);

    assertThat(Arguments.problems(plan, run("text=" + value), List.of("restart")))
        .containsExactly("value cannot be for " + value + " (for $(args.text))");
  }

  @ParameterizedTest
  @CsvSource({".,/a/.", "..,/a/.."})
  void aPathCannotBeClimbedUp(String value, String path) {
    var plan = plan(ARGS + ", {name: text}", ASKED.formatted("x"));

    assertThat(Arguments.problems(plan, run("text=" + value), List.of("restart")))
        .containsExactly("path cannot be %s (/a/$(args.text))".formatted(path));
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
