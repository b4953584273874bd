package dev.backstep.gate.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.backstep.api.v1alpha1.gate.PrometheusGate;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.http.HttpStack;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions to an endpoint that answers as Prometheus does. */
class PrometheusProbeTest {
  private static final GateScope SCOPE = GateScope.of(new Author("shop", "runner"), Workloads.of());

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final HttpStack http = new HttpStack(vertx, api.client(), "nowhere.invalid");
  private final PrometheusProbe probe = new PrometheusProbe(http.caller());
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    probe.stop();
    http.close();
    api.close();
    vertx.close();
  }

  private int answering(int status, String body) throws Exception {
    return vertx
        .createHttpServer()
        .requestHandler(
            request ->
                request
                    .body()
                    .onSuccess(
                        sent -> {
                          asked.add(
                              "%s %s %s %s"
                                  .formatted(
                                      request.method(),
                                      request.uri(),
                                      request.getHeader("Content-Type"),
                                      sent));
                          request.response().setStatusCode(status).end(body);
                        }))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS)
        .actualPort();
  }

  private static String number(String value) {
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"%s\"]}]}}"
        .formatted(value);
  }

  private static Service service() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("prometheus")
        .endMetadata()
        .withNewSpec()
        .withClusterIP("127.0.0.1")
        .endSpec()
        .build();
  }

  private static PrometheusGate gate(String where, String more) {
    return PlanYaml.spec(
            """
            gates:
            - name: errors
              prometheus:
                %s
                query: sum(rate(errors_total{code=~"5.."}[5m]))
                successCondition: value == null || value < 0.5
                timeout: 5s
                %s
            """
                .formatted(where, more))
        .gates()
        .get(0)
        .prometheus();
  }

  private static PrometheusGate gate(int port) {
    return gate("service: {name: prometheus, port: %d, scheme: http}".formatted(port), "");
  }

  private Reading measured(PrometheusGate gate) throws Exception {
    return probe.measure(gate, SCOPE).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void theNumberIsJudged() throws Exception {
    api.has(service());

    assertThat(measured(gate(answering(200, number("0.25")))))
        .isEqualTo(Reading.green("value was 0.25").withValue(DoubleNode.valueOf(0.25)));
    assertThat(measured(gate(answering(200, number("0.75")))))
        .isEqualTo(
            Reading.red("value was 0.75, wanted value == null || value < 0.5")
                .withValue(DoubleNode.valueOf(0.75)));
    assertThat(measured(gate(answering(200, number("NaN")))).color()).isEqualTo(Color.GREEN);
  }

  @Test
  void theQueryIsSentAsAFormBecauseItMayBeLong() throws Exception {
    api.has(service());

    measured(gate(answering(200, number("0"))));

    assertThat(asked)
        .containsExactly(
            "POST /api/v1/query application/x-www-form-urlencoded query=sum%28rate%28errors_total%7Bcode%3D%7E%225..%22%7D%5B5m%5D%29%29");
  }

  @Test
  void whereItDoesNotAnswerNothingIsKnown() throws Exception {
    api.has(service());
    var port = answering(503, "{\"status\":\"error\",\"error\":\"query timed out\"}");

    assertThat(measured(gate(port)))
        .isEqualTo(
            Reading.error(
                "prometheus:%d/api/v1/query answered 503: query timed out".formatted(port)));
    assertThat(measured(gate(1)).color()).as("refused").isEqualTo(Color.ERROR);
    assertThat(measured(gate("url: http://nowhere.invalid/base/", "")).color())
        .as("unknown")
        .isEqualTo(Color.ERROR);
  }

  @Test
  void whatIsWrittenWronglyIsKnownBefore() {
    assertThat(probe.invalid(gate("url: http://nowhere.invalid", ""))).isEmpty();
    assertThat(probe.invalid(gate("url: http://elsewhere.invalid", "")))
        .hasValueSatisfying(
            it -> assertThat(it).startsWith("prometheus: url: host elsewhere.invalid is not in"));
  }

  private List<Problem> problems(PrometheusGate gate) throws Exception {
    return probe.preflight(gate, SCOPE).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void whatItNeedsIsKnownBefore() throws Exception {
    var secret =
        "headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: prom, key: t}}}]";
    var gate = gate("service: {name: prometheus, port: 9090}", secret);

    assertThat(probe.rights(gate))
        .containsExactly(new Right("get", "", "secrets", List.of("prom")));
    assertThat(probe.rights(gate(9090))).isEmpty();
    assertThat(problems(gate)).as("no Service").hasSize(1);
    api.has(service());
    assertThat(problems(gate))
        .extracting(Problem::message)
        .containsExactly("Secret prom with key t does not exist");
    assertThat(probe.looksBack(gate)).hasMinutes(5);
  }
}
