package dev.backstep.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.cluster.ContainerLogs;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.effect.LookThreads;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the pod of a Job says of how far it is, to who may read it. */
class JobProgressTest {
  private static final Author RUNNER = new Author("shop", "runner");

  private final LoopbackApi api = new LoopbackApi();

  @AfterEach
  void stop() {
    api.close();
  }

  private JobProgress progress(LookThreads threads) {
    var client = api.client();
    return new JobProgress(
        new JobPods(client), new ContainerLogs(new Impersonation(client)), threads);
  }

  private Optional<String> said() {
    return progress(new LooksHere()).of("load", RUNNER).toCompletableFuture().join();
  }

  @Test
  void whatItSaidLastIsShown() {
    api.has(ProgramPods.running())
        .answersAt(
            "GET",
            ProgramPods.LOG,
            "progress: 1000 of 5000 bytes copied\nprogress: 2000 of 5000 bytes copied\n");

    assertThat(said()).contains("2.0 kB of 5.0 kB copied");
  }

  /** However much it logged, and whoever made the pod. */
  @Test
  void littleIsReadOnTheRightsOfTheAuthor() {
    api.has(ProgramPods.running()).answersAt("GET", ProgramPods.LOG, "");

    said();

    assertThat(api.asked())
        .filteredOn(it -> it.path().equals(ProgramPods.LOG))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.user()).isEqualTo("system:serviceaccount:shop:runner");
              assertThat(it.query()).contains("container=job", "limitBytes=4096", "tailLines=10");
            });
  }

  @Test
  void whatItSaysBesideIsNotShown() {
    api.has(ProgramPods.running()).answersAt("GET", ProgramPods.LOG, "Call +1 555 0100\n");

    assertThat(said()).isEmpty();
  }

  @Test
  void whoMayNotReadItIsShownNothing() {
    api.has(ProgramPods.running())
        .refusesAt("GET", ProgramPods.LOG, 403, "runner may not get pods/log");

    assertThat(said()).isEmpty();
  }

  @Test
  void aPodThatDoesNotRunHasNoLogYet() {
    api.has(
        ProgramPods.running()
            .edit()
            .editStatus()
            .removeFromContainerStatuses(
                ProgramPods.running().getStatus().getContainerStatuses().get(0))
            .endStatus()
            .build());

    assertThat(said()).isEmpty();
    assertThat(api.asked()).noneMatch(it -> it.path().equals(ProgramPods.LOG));
  }

  /** The node may be gone: nobody waits longer for it, and no pass at all. */
  @Test
  void aNodeThatDoesNotAnswerIsNotWaitedFor() {
    var begun = new ArrayList<Runnable>();
    var limits = new ArrayList<CompletableFuture<?>>();
    var threads =
        new LooksHere(begun::add) {
          @Override
          public void limit(CompletableFuture<?> answer, Duration limit) {
            assertThat(limit).isEqualTo(Duration.ofSeconds(5));
            limits.add(answer);
          }
        };

    var said = progress(threads).of("load", RUNNER).toCompletableFuture();

    assertThat(said).isNotDone();
    assertThat(api.asked()).isEmpty();
    List.copyOf(limits).forEach(it -> it.completeExceptionally(new TimeoutException()));
    assertThat(said).as("whoever goes on does so on a thread that may wait").isNotDone();
    begun.get(begun.size() - 1).run();
    assertThat(said).isCompletedWithValue(Optional.empty());
  }
}
