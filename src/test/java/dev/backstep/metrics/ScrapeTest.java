package dev.backstep.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.OwnClient;
import dev.backstep.journal.Journal;
import dev.backstep.journal.MemoryTable;
import dev.backstep.journal.ObjectId;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Prometheus reads, and of whom. */
class ScrapeTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final List<RollbackPlan> plans = new ArrayList<>();
  private final List<SyncControl> syncs = new ArrayList<>();
  private final List<DbRestore> restores = new ArrayList<>();
  private final MemoryTable table = new MemoryTable();
  private final Journal journal =
      table.journal(Clock.fixed(NOON, ZoneOffset.UTC), new TaskTaker(Runnable::run));
  private final ApiRequests requests = new ApiRequests();
  private final Scrape scrape =
      new Scrape(
          plans::stream, syncs::stream, restores::stream, () -> true, journal, requests, "1.2.3");

  private List<String> lines() {
    var registry = new CollectorRegistry();
    scrape.onStart(null, registry);
    var text = new StringWriter();
    try {
      TextFormat.write004(text, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().lines().filter(line -> !line.startsWith("#")).toList();
  }

  private List<String> lines(Figure figure) {
    return lines().stream().filter(line -> line.matches(figure.series() + "[{ ].*")).toList();
  }

  private static String seconds(String time) {
    return String.valueOf((double) Instant.parse(time).getEpochSecond());
  }

  @Test
  void aPlanSaysWhereItIsAndSinceWhen() {
    // given
    plans.add(Objects.plan(Objects.PLAN));

    // then
    var web = "{kind=\"RollbackPlan\",namespace=\"shop\",name=\"web\",";
    assertThat(lines(Figure.PHASE))
        .containsExactly("backstep_phase" + web + "phase=\"AwaitingApproval\",} 1.0");
    assertThat(lines(Figure.CONDITION_SINCE))
        .as("conditions, without gates and without a time that is none")
        .containsExactly(
            "backstep_condition_timestamp_seconds%stype=\"Ready\",status=\"True\",} %s"
                .formatted(web, seconds("2026-11-20T00:00:00Z")),
            "backstep_condition_timestamp_seconds%stype=\"AwaitingApproval\",status=\"True\",} %s"
                .formatted(web, seconds("2026-11-21T12:05:00Z")));
    assertThat(lines(Figure.RUN_LEVEL))
        .containsExactly("backstep_run_level" + web + "level=\"revert\",} 2.0");
    assertThat(lines(Figure.HOLDS)).singleElement().asString().endsWith(" 2.0");
    assertThat(lines(Figure.OLDEST_HOLD))
        .singleElement()
        .asString()
        .endsWith(seconds("2026-11-20T12:00:00Z"));
    assertThat(lines(Figure.RUN_END)).as("it goes on").isEmpty();
  }

  @Test
  void aGateThatNobodyAsksSaysNothing() {
    // given
    plans.add(Objects.plan(Objects.PLAN));

    // then
    var web = "backstep_gate{kind=\"RollbackPlan\",namespace=\"shop\",name=\"web\",";
    assertThat(lines(Figure.GATE))
        .containsExactly(
            web + "gate=\"up\",} 1.0", web + "gate=\"errors\",} 0.0", web + "gate=\"lag\",} -1.0");
  }

  @Test
  void aPhaseTakesAsLongAsTheRunWasInIt() {
    // given
    plans.add(Objects.plan(Objects.PLAN));
    plans.add(Objects.plan(Objects.ENDED));

    // then
    assertThat(lines(Figure.RUN_PHASE_SECONDS))
        .extracting(line -> line.replaceAll(".*name=\"(\\w+)\",phase=\"(\\w+)\",}", "$1 $2"))
        .containsExactly(
            "web Pending 1.0",
            "web Acting 11.0",
            "web Verifying 288.0",
            "ended Acting 300.0",
            "ended Releasing 7.0");
  }

  /** What is there at once with its first number never grew, as far as Prometheus can tell. */
  @Test
  void endsAreCountedFromZeroOnceARunBegan() {
    // given
    var unused = Objects.plan(Objects.PLAN);
    unused.getMetadata().setName("unused");
    unused.setStatus(unused.getStatus().withRun(null).withPhase(Phase.Idle));
    plans.add(unused);
    plans.add(Objects.plan(Objects.PLAN));

    // then
    assertThat(lines(Figure.RUNS))
        .extracting(line -> line.replaceAll(".*name=\"(\\w+)\",outcome=\"(\\w+)\",}", "$1 $2"))
        .containsExactlyInAnyOrder(
            "web Recovered 2.0",
            "web Mitigated 0.0",
            "web Exhausted 1.0",
            "web Aborted 0.0",
            "web Failed 0.0",
            "web Released 0.0",
            "web Undone 0.0",
            "web Completed 0.0");
  }

  @Test
  void aSyncControlStandsThereSinceTheFirstOfTheStepsThatSaySo() {
    // given
    syncs.add(Objects.sync());

    // then
    var mails = "{kind=\"SyncControl\",namespace=\"shop\",name=\"mails\",} ";
    assertThat(lines(Figure.PHASE_SINCE))
        .containsExactly(
            "backstep_phase_start_timestamp_seconds" + mails + seconds("2026-11-21T12:01:00Z"));
    assertThat(lines(Figure.QUEUE_SIZE)).containsExactly("backstep_queue_size" + mails + "120.0");
  }

  @Test
  void whatIsDeletedOrSaysNothingIsNotThere() {
    // given
    var fresh = Objects.plan(Objects.PLAN);
    fresh.setStatus(null);
    plans.add(fresh);
    syncs.add(Objects.sync());
    assertThat(lines()).anyMatch(line -> line.contains("kind=\"SyncControl\""));

    // when
    syncs.clear();

    // then
    assertThat(lines()).noneMatch(line -> line.contains("kind="));
  }

  @Test
  void aJournalThatFailsSaysSinceWhen() {
    // given
    table.away(true);

    // when
    var step =
        new Transition("INC-1", "bs", 1L, NOON, Phase.Acting, null, null, "Why", "What happened.");
    journal.write(new ObjectId("RollbackPlan", "shop", "web", "u"), List.of(step), () -> {});

    // then
    assertThat(lines(Figure.JOURNAL_WAITING))
        .containsExactly("backstep_journal_waiting_objects 1.0");
    assertThat(lines(Figure.JOURNAL_FAILING))
        .containsExactly(
            "backstep_journal_failing_timestamp_seconds " + seconds("2026-11-21T12:00:00Z"));
  }

  private KubernetesClient client(Config config) {
    return new OwnClient().client(new KubernetesSerialization(), config, List.of(requests));
  }

  private static void ask(KubernetesClient client) {
    client.pods().inNamespace("shop").withName("web").get();
  }

  @Test
  void requestsAndTheirAnswersAreCountedWhoeverSendsThem() {
    try (var api = new LoopbackApi();
        var client = client(api.client().getConfiguration())) {
      // when
      ask(client);
      ask(new Impersonation(client).as("shop", "runner"));
    }

    // then
    assertThat(lines(Figure.API_REQUESTS))
        .containsExactly("backstep_api_requests_total{method=\"GET\",} 2.0");
    assertThat(lines(Figure.API_ANSWERS))
        .containsExactly("backstep_api_answers_total{method=\"GET\",code=\"404\",} 2.0");
  }

  @Test
  void aRequestWithoutAnAnswerIsOneThatWasSent() throws IOException {
    // given
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var nobody =
        new ConfigBuilder()
            .withMasterUrl("http://127.0.0.1:" + port)
            .withRequestRetryBackoffLimit(0)
            .build();

    // when
    try (var client = client(nobody)) {
      assertThatThrownBy(() -> ask(client)).isInstanceOf(KubernetesClientException.class);
    }

    // then
    assertThat(lines(Figure.API_REQUESTS)).hasSize(1);
    assertThat(lines(Figure.API_ANSWERS)).isEmpty();
  }

  /** A metric that nothing says would be a dashboard that stays empty. */
  @Test
  void everyFigureIsSaid() {
    // given
    plans.add(Objects.plan(Objects.PLAN));
    plans.add(Objects.plan(Objects.ENDED));
    syncs.add(Objects.sync());
    restores.add(Objects.restore());
    aJournalThatFailsSaysSinceWhen();
    requestsAndTheirAnswersAreCountedWhoeverSendsThem();

    // then
    assertThat(lines())
        .extracting(line -> line.split("[{ ]")[0])
        .containsOnly(Arrays.stream(Figure.values()).map(Figure::series).toArray(String[]::new));
  }
}
