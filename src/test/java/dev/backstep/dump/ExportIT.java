package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.api.v1alpha1.value.ValueFrom;
import dev.backstep.http.DownloadWish;
import dev.backstep.http.FullCall;
import dev.backstep.program.Ending;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real endpoint answers is kept by the program itself, on a volume and in a bucket. */
class ExportIT {
  private static final Instant AT = Instant.parse("2026-11-29T03:00:00Z");
  private static final String FILE = "queue/orders-20261129T030000Z.json";
  private static final String TOKEN = "not-to-be-said";
  private static final String ALL =
      "{\"operations\": [{\"id\": 1, \"name\": \"Zoë\"}, {\"id\": 2}]}";
  private static final String COUNT = "size(body.operations)";

  @TempDir Path folder;

  private Path volume;
  private HttpServer server;
  private volatile int status = 200;
  private volatile String answer = ALL;

  @BeforeEach
  void anEndpoint() throws Exception {
    volume = Files.createDirectories(folder.resolve("volume"));
    Files.writeString(
        Files.createDirectories(folder.resolve("token")).resolve("admin"), TOKEN + "\n");
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/api/sync/queue", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var shown = exchange.getRequestHeaders().getFirst("Authorization");
    var body = (TOKEN.equals(shown) ? answer : "who are you?").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(TOKEN.equals(shown) ? status : 401, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private ExportTask task(String count, Long retentionSeconds) {
    return task(new Place(volume.toString(), null), "admin", count, AT, retentionSeconds);
  }

  private ExportTask task(Place to, String key, String count, Instant at, Long retentionSeconds) {
    var token =
        new NamedValue("Authorization", null, new ValueFrom(new SecretKey("sync-admin", key)));
    var call =
        new FullCall(
            null,
            new Call.ServicePort("sync", 3002, Call.Scheme.http, Call.Replicas.Any),
            null,
            "/api/sync/queue",
            Call.Method.GET,
            List.of(token),
            null,
            null,
            "status == 200",
            "5s");
    var from =
        new DownloadWish(
            call,
            count,
            "127.0.0.1",
            server.getAddress().getPort(),
            Map.of("sync-admin", folder.resolve("token").toString()),
            List.of("127.0.0.0/8"));
    return new ExportTask(from, to, "queue/orders-", at, retentionSeconds);
  }

  private Programs.Ended run(ExportTask task) throws Exception {
    return new Programs(folder).run(task);
  }

  private List<String> files() throws IOException {
    if (!Files.exists(volume.resolve("queue"))) {
      return List.of();
    }
    try (var files = Files.list(volume.resolve("queue"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theAnswerIsKeptByteByByteCountedAndReadBack() throws Exception {
    var ended = run(task(COUNT, null));

    assertThat(ended.said()).contains(FILE + ": 2 entries, ", ", sha256 ", ", read back");
    assertThat(ended.said()).doesNotContain(TOKEN);
    assertThat(ended.code()).isEqualTo(Ending.DONE);
    var line = ended.said().lines().filter(it -> it.startsWith(FILE)).findFirst().orElseThrow();
    assertThat(Exported.of(line).orElseThrow().entries()).isEqualTo(2);
    assertThat(files())
        .containsExactly(
            "orders-20261129T030000Z.json", "orders-20261129T030000Z.json.manifest.json");
    assertThat(Files.readString(volume.resolve(FILE))).isEqualTo(ALL);
    assertThat(manifest().at("/rows/entries").asLong()).isEqualTo(2);
    assertThat(ended.said()).contains(manifest().path("sha256").asText());
  }

  private JsonNode manifest() throws IOException {
    return Json.MAPPER.readTree(Files.readString(volume.resolve(FILE + ".manifest.json")));
  }

  /** Else what came after the queue was cleared would take the place of what was in it. */
  @Test
  void aSecondPodOfTheSameJobFindsItMade() throws Exception {
    run(task(COUNT, null));
    answer = "{\"operations\": []}";

    var again = run(task(COUNT, null));

    assertThat(again.said()).contains(": 2 entries, ");
    assertThat(Files.readString(volume.resolve(FILE))).isEqualTo(ALL);
  }

  @Test
  void olderOnesOfThisPrefixAreDeletedAndDumpsAreNot() throws Exception {
    var place = new Place(volume.toString(), null);
    run(task(place, "admin", COUNT, AT.minusSeconds(86_400), null));
    Files.writeString(volume.resolve("queue/orders-20200101T000000Z.dump"), "of others");
    // As one whose manifest says that it ended long ago.
    var old = volume.resolve("queue/orders-20261128T030000Z.json.manifest.json");
    var manifest = (ObjectNode) Json.MAPPER.readTree(Files.readString(old));
    Files.writeString(old, manifest.put("ended", "2020-01-01T00:00:00Z").toString());

    var ended = run(task(COUNT, 3600L));

    assertThat(ended.said()).contains("; 1 older ones deleted");
    assertThat(files())
        .containsExactly(
            "orders-20200101T000000Z.dump",
            "orders-20261129T030000Z.json",
            "orders-20261129T030000Z.json.manifest.json");
  }

  @Test
  void whoIsNotLetInKeepsNothingAndIsToldWhy() throws Exception {
    var task = task(new Place(volume.toString(), null), "nobody", COUNT, AT, null);
    assertThat(run(task).said()).contains("SecretMissing: Secret sync-admin has no key nobody.");

    Files.writeString(folder.resolve("token/nobody"), "guessed");
    var ended = run(task);

    assertThat(ended.said()).contains("ExportRefused: GET sync:3002/api/sync/queue answered 401");
    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(files()).isEmpty();
  }

  @Test
  void whoCannotAnswerNowIsAskedAgainLater() throws Exception {
    status = 503;
    assertThat(run(task(COUNT, null)).code()).isEqualTo(Ending.LATER);

    server.stop(0);
    var ended = run(task(COUNT, null));
    assertThat(ended.said()).contains("ExportUnanswered: sync:3002/api/sync/queue gave no answer");
    assertThat(ended.code()).isEqualTo(Ending.LATER);
    assertThat(files()).isEmpty();
  }

  @Test
  void whatCannotBeCountedIsNoBackup() throws Exception {
    assertThat(run(task("body.operations", null)).said()).contains("ExportNotCounted: ");
    assertThat(run(task("body.length", null)).said()).contains("ExportNotCounted: ");
    answer = "no JSON";
    assertThat(run(task(COUNT, null)).said()).contains("ExportNotCounted: ");

    assertThat(files()).isEmpty();
  }

  @Test
  void moreThanIsReadIsNoBackup() throws Exception {
    answer = "\"%s\"".formatted("x".repeat(17 << 20));

    var ended = run(task("1", null));

    assertThat(ended.said()).contains("AnswerTooLarge: ", "answered with more than 16 MiB");
    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(files()).isEmpty();
  }

  @Test
  void aBucketDoesAsWell() throws Exception {
    try (var store = ObjectStore.with("exports")) {
      var keys = store.keys(folder.resolve("keys"));
      var place = new Place(null, new Place.S3(store.endpoint(), null, "exports", keys));

      var ended = run(task(place, "admin", COUNT, AT, 3600L));

      assertThat(ended.said()).contains(FILE + ": 2 entries, ");
      assertThat(ended.code()).isEqualTo(Ending.DONE);
    }
  }
}
