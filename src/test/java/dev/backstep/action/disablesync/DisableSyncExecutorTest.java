package dev.backstep.action.disablesync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.SyncControls;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec.Wish;
import dev.backstep.api.v1alpha1.SyncControlSpecBuilder;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.SyncControlStatusBuilder;
import dev.backstep.api.v1alpha1.action.DisableSync;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.sync.EpisodeBuilder;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.testing.LoopbackApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A run among the holders of a SyncControl. */
class DisableSyncExecutorTest {
  private static final DisableSync ACTION = new DisableSync(new Ref("orders"));

  private static final LedgerEntry OURS = entry("bs-run-1", "back");
  private static final LedgerEntry THEIRS = entry("bs-run-2", "other");

  private final LoopbackApi api = new LoopbackApi();

  /** As the informer last saw it. */
  private Optional<SyncControl> cached = Optional.empty();

  private final DisableSyncExecutor executor =
      new DisableSyncExecutor(new SyncControls(api.client()), (namespace, name) -> cached);

  @AfterEach
  void stop() {
    api.close();
  }

  private static LedgerEntry entry(String claim, String action) {
    return LedgerEntry.taken(claim, "RollbackPlan", "web", "INC-1", action, 0, Scopes.SINCE);
  }

  private static SyncHolder holder(LedgerEntry entry) {
    return new SyncHolder(entry.id(), entry.value(), entry.holder(), Scopes.SINCE, null);
  }

  private static SyncControlStatus status(SwitchState state, Wish desired, LedgerEntry... holders) {
    return SyncControlStatusBuilder.builder()
        .state(state)
        .desired(desired)
        .holders(List.of(holders).stream().map(DisableSyncExecutorTest::holder).toList())
        .holding(holders.length)
        .episode(
            EpisodeBuilder.builder()
                .number(1)
                .claim("bs-off-1")
                .startedAt(Scopes.SINCE)
                .since(Scopes.SINCE)
                .means(List.of())
                .build())
        .build();
  }

  private void says(SyncControlStatus status, LedgerEntry... entries) {
    var sync = new SyncControl();
    var metadata = sync.getMetadata();
    metadata.setNamespace("shop");
    metadata.setName("orders");
    metadata.setUid("uid-orders");
    metadata.setResourceVersion("7");
    metadata.setAnnotations(
        entries.length == 0 ? Map.of() : Map.of(entries[0].key(), entries[0].value()));
    sync.setSpec(
        SyncControlSpecBuilder.builder()
            .serviceAccountName("orders-sync")
            .state(Wish.Enabled)
            .means(List.of())
            .build());
    sync.setStatus(status);
    cached = Optional.of(sync);
    api.has(sync);
  }

  private static Hold hold() {
    return new Hold(
        "INC-1",
        "bs-run-1",
        "back",
        "disableSync",
        "SyncControl",
        "orders",
        "Enabled",
        "Disabled",
        Scopes.SINCE);
  }

  private static ActionScope holding() {
    return Scopes.of().with().holds(List.of(hold())).build();
  }

  private Step back(Hold... held) {
    var taken = new Taken(List.of(held), null, new Author("shop", "runner"), null);
    return Scopes.now(executor.back(ACTION, taken, Scopes.of()));
  }

  private Step comingBack() {
    return executor.comingBack(ACTION, Scopes.of());
  }

  private static Step waits(String message) {
    return Step.of(new Work.Rolling(message, Duration.ofSeconds(1)));
  }

  // ---- off

  @Test
  void itEntersItselfAmongTheHolders() {
    // given
    says(status(SwitchState.Enabled, Wish.Enabled));

    // when
    var step = Scopes.now(executor.next(ACTION, Scopes.of()));

    // then
    assertThat(executor.traits(ACTION)).isEqualTo(Traits.SHARED_HOLD);
    assertThat(step.effects())
        .as("%s", step.work())
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectPatch.class,
            patch -> {
              assertThat(patch.takes().target()).isEqualTo("SyncControl orders");
              assertThat(patch.patch().toString())
                  .contains(Annotations.HELD_BY.replace("/", "~1") + "bs-run-1.");
            });
  }

  @Test
  void itIsDoneOnceTheSyncControlIsProvenOff() {
    says(status(SwitchState.Disabled, Wish.Disabled), OURS);
    assertThat(Scopes.now(executor.next(ACTION, holding())))
        .isEqualTo(waits("SyncControl orders does not know of the hold yet."));

    says(status(SwitchState.Disabling, Wish.Disabled, OURS), OURS);
    assertThat(Scopes.now(executor.next(ACTION, holding())))
        .isEqualTo(waits("SyncControl orders: Disabling."));

    says(status(SwitchState.Disabled, Wish.Disabled, OURS), OURS);
    assertThat(Scopes.now(executor.next(ACTION, holding())).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void oneThatIsNotProvenOffIsSaidWithTheCommandThatTellsWhy() {
    says(status(SwitchState.DisableFailed, Wish.Disabled, OURS), OURS);

    assertThat(Scopes.now(executor.next(ACTION, holding())))
        .isEqualTo(
            Step.impossible(
                "DisableFailed",
                "SyncControl orders is not proven off: kubectl -n shop describe synccontrol orders says which of its means. It goes on trying."));
  }

  // ---- given back

  @Test
  void itsEntryGoesWithTheHold() {
    // given
    says(status(SwitchState.Disabled, Wish.Disabled, OURS), OURS);

    // when
    var effects = back(hold()).effects();

    // then
    assertThat(effects)
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectPatch.class,
            patch -> {
              assertThat(patch.givesBack()).isEqualTo(hold());
              assertThat(patch.patch().toString()).contains("\"op\":\"remove\"");
            });
  }

  @Test
  void undoAndReleaseWaitUntilTheSyncControlKnowsIt() {
    // when
    says(status(SwitchState.Disabled, Wish.Disabled, OURS, THEIRS));

    // then
    assertThat(comingBack()).isEqualTo(waits("SyncControl orders: Disabled."));
    assertThat(back()).isEqualTo(comingBack());
  }

  /** It writes first that nobody holds it, and then that it begins. */
  @ParameterizedTest
  @EnumSource(
      value = SwitchState.class,
      mode = Mode.EXCLUDE,
      names = {"Enabled", "EnableFailed"})
  void theyWaitUntilEverythingIsBackWhereNobodyElseHoldsIt(SwitchState state) {
    // when
    says(status(state, Wish.Enabled));

    // then
    assertThat(comingBack()).isEqualTo(waits("SyncControl orders is being given back."));
    assertThat(back()).isEqualTo(comingBack());
  }

  @Test
  void theyDoNotWaitForOthersThatHoldIt() {
    says(status(SwitchState.Disabled, Wish.Disabled, THEIRS));
    assertThat(comingBack()).isEqualTo(Step.done("SyncControl orders is held by 1 others still."));

    says(status(SwitchState.Disabled, Wish.Disabled));
    assertThat(comingBack())
        .isEqualTo(
            Step.done("SyncControl orders is not held any more; its spec.state is Disabled."));
  }

  @Test
  void theyAreDoneWhenItIsOnAgainOrGone() {
    says(status(SwitchState.Enabled, Wish.Enabled));
    assertThat(comingBack()).isEqualTo(Step.done("SyncControl orders is not held any more."));

    cached = Optional.empty();
    assertThat(comingBack()).isEqualTo(Step.done("SyncControl orders is gone."));
  }

  @Test
  void whatItCouldNotGiveBackIsSaidAndNotWaitedFor() {
    says(status(SwitchState.EnableFailed, Wish.Enabled));

    assertThat(comingBack())
        .isEqualTo(
            Step.of(
                new Work.Drifted(
                    "SyncControl orders is not held any more, and could not give everything back: kubectl -n shop describe synccontrol orders says what.")));
  }
}
