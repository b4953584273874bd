package dev.backstep.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnavailableTest {
  private static HttpResponse<String> asked(String ofAll, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (var server = new Unavailable(loopback, ofAll)) {
      var uri = URI.create("http://127.0.0.1:%d/any/path?q=1".formatted(server.port()));
      return HttpClient.newHttpClient().send(request.uri(uri).build(), BodyHandlers.ofString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void everyRequestIsAnsweredWith503(String method) throws IOException, InterruptedException {
    var answer =
        asked(
            "", HttpRequest.newBuilder().method(method, BodyPublishers.ofString("x".repeat(100))));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).startsWith("{\"status\":503,");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void whatIsSaidToAllIsChosenByTheChart() throws IOException, InterruptedException {
    assertThat(asked("{\"a\": 1}", HttpRequest.newBuilder()).body()).isEqualTo("{\"a\": 1}");
  }

  @Test
  void aRouteSaysWhatIsAnswered() throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder().header("Backstep-Answer", "{\"later\":true}");

    assertThat(asked("{}", request).body()).isEqualTo("{\"later\":true}");
  }

  @Test
  void headHasNoBody() throws IOException, InterruptedException {
    var answer = asked("{}", HttpRequest.newBuilder().method("HEAD", BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEmpty();
  }
}
