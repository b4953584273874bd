package dev.backstep.installation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.backstep.problem.Problem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that are ready, and pods that are not. */
class OperatorPodsTest {
  private static final String LEADER =
      """
      {"status": "UP", "checks": [
        {"name": "Other", "status": "UP"},
        {"name": "Leader", "status": "UP", "data": {"leader": "a", "this process": "%s"}}]}
      """;

  private HttpServer pod;
  private volatile int code = 200;
  private volatile String said = LEADER.formatted("LEADS");

  @BeforeEach
  void start() throws IOException {
    pod = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    pod.createContext(
        "/q/health/ready",
        exchange -> {
          var body = said.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(code, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    pod.start();
  }

  @AfterEach
  void stop() {
    pod.stop(0);
  }

  private OperatorPods pods(String service, int replicas) {
    return new OperatorPods(service, pod.getAddress().getPort(), replicas);
  }

  @Test
  void oneThatLeadsIsEnough() {
    assertThat(pods("127.0.0.1", 1).problems()).isEmpty();
  }

  @Test
  void onesThatAreMissingAreCounted() {
    assertThat(pods("127.0.0.1", 2).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .startsWith("1 of 2 pods are ready behind Service 127.0.0.1.");
  }

  @Test
  void oneThatIsNotReadyIsNamed() {
    code = 503;

    assertThat(pods("127.0.0.1", 1).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .startsWith("0 of 1 pods are ready behind Service 127.0.0.1; 127.0.0.1 answers 503.");
  }

  @Test
  void oneThatIsSilentIsNamed() {
    var pods = pods("127.0.0.1", 1);
    pod.stop(0);

    assertThat(pods.problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("127.0.0.1 does not answer");
  }

  @Test
  void aServiceThatNobodyIsBehindHasNone() {
    assertThat(pods("nobody.invalid", 1).problems())
        .extracting(Problem::reason)
        .containsExactly("NotReady");
  }

  @Test
  void somebodyHasToLead() {
    said = LEADER.formatted("STANDS_BY");

    assertThat(pods("127.0.0.1", 1).problems())
        .extracting(Problem::reason)
        .containsExactly("NoLeader");
  }
}
