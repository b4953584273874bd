package dev.backstep.action.setconfig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Differences;
import dev.backstep.object.Edit;
import dev.backstep.object.Editors;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.ObjectPatches;
import dev.backstep.object.PatchReversals;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Settings that are other than usual, and who is restarted for them. */
class SetConfigExecutorTest {
  private static final Instant CHANGED = Scopes.SINCE.plusSeconds(5);

  private final LoopbackApi api = new LoopbackApi();
  private final Workloads workloads = Workloads.of();
  private final WorkloadTargets targets = workloads.targets(api.client());
  private final ConfigMaps configMaps = new ConfigMaps(api.client(), Clock.systemUTC());
  private final SetConfigExecutor executor =
      new SetConfigExecutor(
          targets,
          new ConfigMapKeys(
              api.client(),
              new ConfigMaps(api.client(), new LeapingClock()),
              targets,
              new Readers(targets)),
          new Variables(api.client()),
          new Secrets(new Impersonation(api.client()), Clock.systemUTC()));

  @AfterEach
  void stop() {
    api.close();
  }

  private static SetConfig action(String yaml) {
    var plan =
        """
        serviceAccountName: runner
        gates: []
        levels: [{name: quiet, actions: [{name: flag, setConfig: {%s}}]}]
        """
            .formatted(yaml);
    return PlanYaml.spec(plan).allActions().findFirst().orElseThrow().setConfig();
  }

  private static SetConfig keys(String data) {
    return action("configMap: {name: settings, data: {%s}}, restart: Users".formatted(data));
  }

  private static ConfigMapBuilder map(Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("settings")
        .withUid("uid")
        .withResourceVersion("7")
        .addToAnnotations("team", "shop")
        .endMetadata()
        .withData(data);
  }

  /** One whose pods read the ConfigMap. */
  private static Deployment reader(String name, Instant restarted) {
    return Workloads.deployment(name, "app:v1")
        .editSpec()
        .editTemplate()
        .editMetadata()
        .addToAnnotations(Annotations.RESTARTED_AT, restarted.toString())
        .endMetadata()
        .editSpec()
        .editContainer(0)
        .addNewEnvFrom()
        .withNewConfigMapRef("settings", false)
        .endEnvFrom()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Deployment web() {
    return Workloads.deployment("web", "app:v1").build();
  }

  private Step next(SetConfig action, HasMetadata... there) {
    workloads.has(there);
    return next(action, Scopes.of());
  }

  private Step next(SetConfig action, ActionScope scope) {
    return executor.next(action, scope).toCompletableFuture().join();
  }

  private static ObjectPatch only(Step step) {
    assertThat(step.effects()).hasSize(1);
    return (ObjectPatch) step.effects().get(0);
  }

  private static Hold hold(Step step) {
    return only(step).takes();
  }

  // ConfigMap

  @Test
  void keysThatAreOtherAreSetTogetherAndTheOthersStay() {
    // given
    api.has(map(Map.of("a", "1", "b", "old", "c", "3")).build());

    // when
    var step = next(keys("a: '1', b: 'new', d: '4'"));

    // then
    assertThat(only(step).edits())
        .extracting(Edit::pointer)
        .containsExactlyInAnyOrder("/data/b", "/data/d");
    assertThat(only(step).edits()).extracting(Edit::inverse).containsOnly(Edit.Inverse.BACK);
    assertThat(only(step).patch().toString())
        .contains("\"path\":\"/data/b\",\"value\":\"new\"")
        .contains("\"path\":\"/data/d\",\"value\":\"4\"");
    assertThat(only(step).summary()).isEqualTo("ConfigMap settings: b=new, d=4");
    assertThat(hold(step).original()).isEqualTo("b=old, no d");
    assertThat(hold(step).held()).isEqualTo("b=new, d=4");
    assertThat(hold(step).target()).isEqualTo("ConfigMap settings");
  }

  @Test
  void aConfigMapWithoutDataGetsSome() {
    // given
    api.has(map(null).build());

    // when
    var change = only(next(keys("a: '1'")));

    // then
    assertThat(change.patch().toString())
        .contains("\"path\":\"/data\",\"value\":{}")
        .contains("\"path\":\"/data/a\",\"value\":\"1\"");
    assertThat(change.takes().original()).isEqualTo("no a");
  }

  @Test
  void valuesAndListsOfKeysAreShortForPeople() {
    // given
    var whole = "x".repeat(40);
    var old = new TreeMap<>(Map.of("k1", whole + "y", "k2", whole, "k3", " a\n  b "));
    api.has(map(old).build());
    var six = IntStream.rangeClosed(1, 6).mapToObj(i -> "k" + i + ": 'v'");
    var five = IntStream.rangeClosed(1, 5).mapToObj(i -> "k" + i + ": 'v'");

    // then
    assertThat(hold(next(keys(six.collect(Collectors.joining(", "))))).original())
        .isEqualTo("k1=" + whole + "..., k2=" + whole + ", k3=a b, no k4, no k5, and 1 more");
    assertThat(hold(next(keys(five.collect(Collectors.joining(", "))))).original())
        .endsWith("no k5");
  }

  @Test
  void whatDoesNotExistOrIsImmutableCannotBeSet() {
    // given
    var scope = Scopes.of();

    // then
    assertThat(Scopes.now(executor.preflight(keys("a: '1'"), scope)))
        .containsExactly(
            new Problem(
                "ConfigMapAbsent",
                "ConfigMap settings does not exist in namespace shop. Create it, or correct action back."));
    assertThat(next(keys("a: '1'")).work())
        .isInstanceOfSatisfying(
            Work.Impossible.class, it -> assertThat(it.reason()).isEqualTo("ConfigMapAbsent"));

    api.has(map(Map.of()).withImmutable(true).build());
    assertThat(Scopes.now(executor.preflight(keys("a: '1'"), scope)))
        .extracting(Problem::reason)
        .containsExactly("ConfigMapImmutable");
    assertThat(next(keys("a: '1'")).work()).isInstanceOf(Work.Impossible.class);

    api.has(map(Map.of()).withImmutable(false).build());
    assertThat(Scopes.now(executor.preflight(keys("a: '1'"), scope))).isEmpty();
  }

  private ConfigMap marked(String mark) {
    return map(Map.of("a", "1"))
        .editMetadata()
        .addToAnnotations(Annotations.MARK, mark)
        .endMetadata()
        .build();
  }

  private ActionScope sent(HasMetadata... there) {
    workloads.has(there);
    var effect =
        EffectStatusBuilder.builder()
            .verb(Intent.Verb.Apply)
            .number(1)
            .attempt(1)
            .targets(1)
            .endedAt(CHANGED)
            .build();
    return held("ConfigMap", "settings", "a=0").of(1, List.of(effect));
  }

  /** The action has taken its hold. */
  private static ActionScope held(String kind, String name, String original) {
    var hold =
        new Hold("INC-1", "bs-run-1", "back", "any", kind, name, original, "a=1", Scopes.SINCE);
    return Scopes.of().with().holds(List.of(hold)).build();
  }

  /** Somebody else could take what is off for what was so before, and switch it on. */
  @Test
  void theHoldIsTakenWhereEverythingIsAsWantedAlready() {
    // given
    api.has(map(Map.of("a", "1", "b", "2")).build());

    // when
    var step = next(keys("a: '1'"));

    // then
    assertThat(only(step).edits()).isEmpty();
    assertThat(only(step).summary()).isEqualTo("ConfigMap settings: a=1, as it is already");
    assertThat(hold(step).bringsBack()).isFalse();
    assertThat(hold(step).held()).isEqualTo("a=1");
  }

  @Test
  void nobodyIsRestartedForValuesThatWereSoBefore() {
    // given
    api.has(marked("bs-run-1/back/apply/1/0"));
    var scope = sent(reader("web", CHANGED.minusSeconds(1)));
    var nothing = held("ConfigMap", "settings", "").holds();

    // then
    assertThat(next(keys("a: '1'"), scope.with().holds(nothing).build()).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void aHoldOnVariablesIsTakenWhereTheyAreAsWantedAlready() {
    // when
    var step = next(env("container: app,", ON), withEnv("SAFE", "on"));

    // then
    assertThat(only(step).edits()).isEmpty();
    assertThat(only(step).summary()).isEqualTo("Deployment web: set SAFE, as it is already");
    assertThat(hold(step).bringsBack()).isFalse();
  }

  @Test
  void afterTheValuesThoseWhoReadThemAreRestarted() {
    // given
    api.has(marked("bs-run-1/back/apply/1/0"));
    var scope = sent(reader("before", CHANGED.minusSeconds(1)), reader("since", CHANGED), web());

    // when
    var step = next(keys("a: '1'"), scope);

    // then
    assertThat(only(step).summary())
        .isEqualTo("Deployment before: restart, so that it reads its ConfigMap");
    assertThat(only(step).patch().toString())
        .contains("\"kubectl.kubernetes.io/restartedAt\":\"" + CHANGED + "\"");
    assertThat(hold(step)).isNull();
  }

  @Test
  void whileThoseWhoReadItAreRestartedItIsNotReadAgain() {
    // given
    var restarting =
        reader("web", CHANGED)
            .edit()
            .editMetadata()
            .addToAnnotations(Annotations.MARK, "bs-run-1/back/apply/1/0")
            .endMetadata()
            .editStatus()
            .withUpdatedReplicas(1)
            .endStatus()
            .build();

    // when
    var step = next(keys("a: '1'"), sent(restarting));

    // then
    assertThat(step.work()).isInstanceOf(Work.Rolling.class);
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void whoeverReadsWhatWasSoBeforeIsNotRestarted() {
    // given
    api.has(marked("bs-run-0/back/apply/1/0"));

    // then
    assertThat(next(keys("a: '1'"), sent(reader("web", CHANGED.minusSeconds(1)))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void nobodyIsRestartedBeforeTheValuesAreThereOrWhereThePlanSaysNone() {
    // given
    api.has(marked("bs-run-1/back/apply/1/0"));
    var scope = sent(reader("web", CHANGED.minusSeconds(1)));
    var none = action("configMap: {name: settings, data: {a: '1'}}, restart: None");

    // then
    assertThat(next(keys("a: '1', b: '2'"), scope).effects())
        .extracting(Effect::summary)
        .containsExactly("ConfigMap settings: b=2");
    assertThat(next(none, scope).work()).isInstanceOf(Work.Observed.class);
  }

  // taking back

  /** What was sent before, as the images and the status have it. */
  private record Done(List<Sent<?>> applied, List<Sent<?>> back) implements Taken.Past {
    static Sent<?> sent(Effect effect, Intent.Verb verb, int number) {
      var mark = new Mark("bs-run-1", "back", verb, number, 0);
      return new Sent<>(effect, mark, new Outcome.Applied("1"));
    }

    /** The verbs and numbers of what was sent, oldest first. */
    static List<EffectStatus> recorded(Sent<?>... sent) {
      return Stream.of(sent)
          .map(
              it ->
                  EffectStatusBuilder.builder()
                      .verb(it.mark().verb())
                      .number(it.mark().number())
                      .attempt(1)
                      .targets(1)
                      .endedAt(CHANGED)
                      .build())
          .toList();
    }
  }

  /** The values were set: "a" is 1 now, and was 0. */
  private Sent<?> set() {
    api.has(map(Map.of("a", "0")).build());
    var set = only(next(keys("a: '1'")));
    has("1");
    return Done.sent(set, Intent.Verb.Apply, 1);
  }

  private void has(String value) {
    configMaps.changed();
    api.has(map(Map.of("a", value)).build());
  }

  private Step back(SetConfig action, Sent<?>... sent) {
    var done =
        new Done(
            Stream.of(sent).filter(it -> it.mark().verb() == Intent.Verb.Apply).toList(),
            Stream.of(sent).filter(it -> it.mark().verb() != Intent.Verb.Apply).toList());
    var scope = Scopes.of().of(1, Done.recorded(sent));
    var patches =
        new ObjectPatches(
            api.client(),
            new Impersonation(api.client()),
            workloads,
            new PatchReversals(api.client(), Clock.systemUTC(), new LooksHere()),
            new Differences(api.client()),
            new Editors(),
            configMaps);
    var reversals = new Reversals(new Effectors(List.of(patches)));
    var taken = new Taken(List.of(), done, scope.author(), reversals);
    return executor.back(action, taken, scope).toCompletableFuture().join();
  }

  private Sent<?> putBack(Sent<?> set, int number) {
    var back = only(back(keys("a: '1'"), set));
    has("0");
    return Done.sent(back, Intent.Verb.Undo, number);
  }

  @Test
  void theValuesComeBackBeforeAnybodyIsRestarted() {
    // given
    var set = set();
    workloads.has(reader("web", CHANGED));

    // when
    var back = back(keys("a: '1'"), set);

    // then
    assertThat(only(back).summary()).startsWith("ConfigMap settings: back");
    assertThat(only(back).patch().toString()).contains("\"value\":\"0\"");
  }

  /** Also who came to read it while it was set: its pods have the value that goes. */
  @Test
  void onceTheValuesAreBackWhoeverReadsThemIsRestarted() {
    // given
    var set = set();
    workloads.has(reader("web", CHANGED), reader("later", CHANGED.plusSeconds(60)), web());

    // when
    var step = back(keys("a: '1'"), set, putBack(set, 5));

    // then
    assertThat(step.effects())
        .extracting(Effect::summary)
        .containsExactlyInAnyOrder(
            "Deployment later: restart, so that it reads its ConfigMap",
            "Deployment web: restart, so that it reads its ConfigMap");
  }

  /** Its mark is on the workload no more, but what was done is recorded. */
  @Test
  void whoeverWasRestartedIsNotRestartedAgainThoughSomebodyElseChangedItSince() {
    // given
    var set = set();
    workloads.has(reader("web", CHANGED));
    var values = putBack(set, 5);
    var restart = Done.sent(only(back(keys("a: '1'"), set, values)), Intent.Verb.Undo, 6);
    var theirs = reader("web", CHANGED).edit().editMetadata();
    workloads.has(
        theirs
            .addToAnnotations(Annotations.MARK, "bs-run-2/other/apply/1/0")
            .endMetadata()
            .build());

    // when
    var step = back(keys("a: '1'"), set, values, restart);

    // then
    assertThat(step.work()).isInstanceOf(Work.Observed.class);
  }

  /** It was held once more in between, and given back again. */
  @Test
  void restartsOfAnEarlierReleaseDoNotCount() {
    // given
    var set = set();
    workloads.has(reader("web", CHANGED));
    var values = putBack(set, 5);
    var restart = Done.sent(only(back(keys("a: '1'"), set, values)), Intent.Verb.Undo, 6);
    var again = Done.sent(set.effect(), Intent.Verb.Apply, 2);
    var valuesAgain = Done.sent(values.effect(), Intent.Verb.Undo, 9);

    // when
    var step = back(keys("a: '1'"), set, values, restart, again, valuesAgain);

    // then
    assertThat(only(step).summary()).startsWith("Deployment web: restart");
  }

  @Test
  void nobodyIsRestartedForWhatComesBackWhereThePlanSaysNone() {
    // given
    var set = set();
    workloads.has(reader("web", CHANGED));
    var none = action("configMap: {name: settings, data: {a: '1'}}, restart: None");

    // when
    var step = back(none, set, putBack(set, 5));

    // then
    assertThat(step.work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void theRightsAreForTheConfigMapAndThoseWhoReadIt() {
    // given
    workloads.has(reader("api", CHANGED), web());
    var scope = Scopes.of();
    var settings = new Right("patch", "", "configmaps", List.of("settings"));
    var none = action("configMap: {name: settings, data: {a: '1'}}, restart: None");

    // then
    assertThat(executor.rights(keys("a: '1'"), scope))
        .containsExactly(settings, new Right("patch", "apps", "deployments", List.of("api")));
    assertThat(executor.rights(none, scope)).containsExactly(settings);
    assertThat(executor.targets(none)).isEmpty();
  }

  // env

  private static SetConfig env(String container, String... variables) {
    var set = String.join(", ", variables);
    return action(
        "env: {workload: {kind: Deployment, name: web}, %s set: [%s]}, restart: Users"
            .formatted(container, set));
  }

  private static Deployment withEnv(String name, String value) {
    return Workloads.deployment("web", "app:v1")
        .editSpec()
        .editTemplate()
        .editSpec()
        .editContainer(0)
        .addNewEnv()
        .withName(name)
        .withValue(value)
        .endEnv()
        .endContainer()
        .addNewContainer()
        .withName("side")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static final String ON = "{name: SAFE, value: 'on'}";
  private static final String FAST = "{name: FAST, value: 'off'}";

  @Test
  void variablesThatAreOtherAreSetTogether() {
    // when
    var step = next(env("", ON, FAST, "{name: A, value: '1'}"), withEnv("A", "1"));

    // then
    assertThat(only(step).summary()).isEqualTo("Deployment web: set SAFE, FAST");
    assertThat(only(step).edits())
        .extracting(edit -> edit.place().text())
        .containsExactly(
            "/spec/template/spec/containers[name=app]/env[name=SAFE]",
            "/spec/template/spec/containers[name=app]/env[name=FAST]");
    assertThat(only(step).edits()).extracting(Edit::inverse).containsOnly(Edit.Inverse.BACK);
    assertThat(only(step).patch().toString()).contains("{\"name\":\"SAFE\",\"value\":\"on\"}");
    assertThat(hold(step).target()).isEqualTo("Deployment web");
    assertThat(hold(step).original()).isEqualTo("SAFE, FAST as before");
    assertThat(hold(step).held()).isEqualTo("SAFE, FAST set");
  }

  @Test
  void aVariableOfAnotherContainerIsAnother() {
    // when
    var step = next(env("container: side,", ON), withEnv("SAFE", "on"));

    // then
    assertThat(only(step).edits().get(0).place().text()).contains("containers[name=side]");
    workloads.has(withEnv("SAFE", "on"));
    var scope = held("Deployment", "web", "SAFE as before");
    assertThat(next(env("container: app,", ON), scope).work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void aVariableWithAnotherValueIsReplacedWhole() {
    // when
    var change = only(next(env("", ON), withEnv("SAFE", "off")));

    // then
    assertThat(change.edits().get(0).before().toString()).contains("off");
    assertThat(change.patch().toString()).contains("\"op\":\"replace\"");
  }

  private List<Problem> problems(SetConfig action, Deployment workload) {
    workloads.has(workload);
    return Scopes.now(executor.preflight(action, Scopes.of()));
  }

  @Test
  void aContainerThatIsNotThereIsAProblem() {
    assertThat(problems(env("container: db,", ON), withEnv("A", "1")))
        .containsExactly(
            new Problem(
                "ContainerAbsent",
                "Deployment web has no container db; it has app, side. Correct env.container."));
    assertThat(problems(env("container: side,", ON), withEnv("A", "1"))).isEmpty();
  }

  @Test
  void aVariableThatIsThereTwiceIsAProblem() {
    // given
    var twice =
        withEnv("SAFE", "on")
            .edit()
            .editSpec()
            .editTemplate()
            .editSpec()
            .editContainer(0)
            .addNewEnv()
            .withName("SAFE")
            .withValue("off")
            .endEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();

    // then
    assertThat(problems(env("", ON), twice))
        .containsExactly(
            new Problem(
                "VariableTwice",
                "Deployment web has variable SAFE twice in container app. Take one of them out."));
    assertThat(problems(env("container: side,", ON), twice)).isEmpty();
    assertThat(problems(env("", ON), withEnv("SAFE", "on"))).as("once").isEmpty();
  }

  @Test
  void whatWouldNotBeRolledOutIsAProblem() {
    var paused = web().edit().editSpec().withPaused(true).endSpec().build();

    assertThat(problems(env("", ON), paused))
        .extracting(Problem::reason)
        .containsExactly("TargetPaused");
  }

  private static SetConfig secretOf(String name) {
    return action(
        "env: {workload: {kind: Deployment, name: web}, set: [{name: DB, valueFrom: {secretKeyRef: {name: %s, key: url}}}, {name: A, value: b}]}"
            .formatted(name));
  }

  private static Secret secret(String name, String key) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .endMetadata()
        .withData(Map.of(key, "eA=="))
        .build();
  }

  private List<Problem> problems(SetConfig action) {
    workloads.has(web());
    return Scopes.now(executor.preflight(action, Scopes.of()));
  }

  @Test
  void aVariableIsSwitchedFromOneSecretToAnother() {
    // given
    var web =
        new DeploymentBuilder(web())
            .editSpec()
            .editTemplate()
            .editSpec()
            .editContainer(0)
            .addNewEnv()
            .withName("DB")
            .withNewValueFrom()
            .withNewSecretKeyRef("url", "blue", null)
            .endValueFrom()
            .endEnv()
            .addNewEnv()
            .withName("A")
            .withValue("b")
            .endEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();

    // when
    var patch = (ObjectPatch) next(secretOf("green"), web).effects().get(0);

    // then
    assertThat(patch.patch().toString())
        .contains(
            "\"value\":{\"name\":\"DB\",\"valueFrom\":{\"secretKeyRef\":{\"key\":\"url\",\"name\":\"green\"}}}");
    assertThat(patch.edits())
        .singleElement()
        .satisfies(
            edit ->
                assertThat(edit.before().at("/valueFrom/secretKeyRef/name").asText())
                    .isEqualTo("blue"));
    assertThat(((ObjectPatch) next(secretOf("blue"), web).effects().get(0)).edits())
        .as("it reads that already")
        .isEmpty();
  }

  @Test
  void aSecretThatPodsWouldReadHasToBeThere() {
    // given
    api.has(secret("blue", "url"));
    api.has(secret("red", "other"));

    // then
    assertThat(problems(secretOf("blue"))).isEmpty();
    assertThat(problems(secretOf("green")))
        .containsExactly(
            new Problem(
                "SecretMissing",
                "Secret green with key url does not exist in namespace shop, so pods that read it would not start. Create it, or correct the plan."));
    assertThat(problems(secretOf("red")))
        .extracting(Problem::reason)
        .containsExactly("SecretMissing");
  }

  /** What a preflight finds is not what was there ten minutes ago. */
  @Test
  void aSecretIsLookedForEachTime() {
    api.has(secret("blue", "url"));
    assertThat(problems(secretOf("blue"))).isEmpty();

    api.lose(secret("blue", "url"));
    assertThat(problems(secretOf("blue"))).hasSize(1);

    api.has(secret("blue", "url"));
    assertThat(problems(secretOf("blue"))).isEmpty();
  }

  /** The kubelet reads it for the pods, and needs no right of the plan's ServiceAccount. */
  @Test
  void aSecretThatThePlanMayNotReadIsNoProblem() {
    api.refuses("GET", secret("blue", "url"), 403, "forbidden");

    assertThat(problems(secretOf("blue"))).isEmpty();
  }

  @Test
  void variablesConcernTheirWorkloadAndAreAHold() {
    var action = env("", ON);

    assertThat(executor.targets(action)).containsExactly(action.env().workload());
    assertThat(executor.rights(action, Scopes.of()))
        .containsExactly(new Right("patch", "apps", "deployments", List.of("web")));
    assertThat(executor.traits(action)).isEqualTo(Traits.HOLD);
  }
}
