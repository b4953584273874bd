package dev.backstep.gate.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.http.HttpExchange.Answered;
import dev.backstep.gate.http.HttpExchange.TooLargeException;
import dev.backstep.time.Durations;
import dev.cel.common.values.NullValue;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** One HTTP request to a Service of the plan's namespace, or to an allowed host. */
@ApplicationScoped
public class HttpCall {
  private static final String CONTENT_TYPE = "Content-Type";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private final Vertx vertx;
  private final HttpExchange exchange;
  private final KubernetesClient client;
  private final SecretValues values;
  private final List<String> allowedHosts;

  public HttpCall(
      Vertx vertx, KubernetesClient client, SecretValues values, BackstepConfig config) {
    this.vertx = vertx;
    this.exchange = new HttpExchange(vertx);
    this.client = client;
    this.values = values;
    this.allowedHosts = config.http().allowedHosts().orElse(List.of());
  }

  /** The request could not be made: neither good nor bad. */
  static final class NotMeasurableException extends Exception {
    private static final long serialVersionUID = 1L;

    NotMeasurableException(String message) {
      super(message);
    }
  }

  /** No answer came: bad. */
  static final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  /**
   * An answer.
   *
   * @param address where it came from, as the plan names it
   * @param body as it came
   * @param secrets what was sent and must not be said
   */
  record Answer(
      String address, int status, Map<String, String> headers, String body, List<String> secrets) {

    /** What a condition sees. */
    Map<String, Object> values() {
      return Map.of("status", (long) status, "headers", headers, "body", parsed(body));
    }
  }

  /** Why the plan's address is not allowed; empty: it is. */
  Optional<String> refused(HttpGate gate) {
    if (gate.url() == null) {
      return Optional.empty();
    }
    var host = host(gate.url());
    return allowedHosts.stream().anyMatch(allowed -> allowed.equalsIgnoreCase(host))
        ? Optional.empty()
        : Optional.of(
            "http.url: host %s is not in the operator's allow-list. Add it to http.allowedHosts of the chart, or use http.service."
                .formatted(host));
  }

  static String host(String url) {
    try {
      return new URI(url).getHost();
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Sends the request. Fails with one of the two exceptions above. */
  CompletionStage<Answer> send(HttpGate gate, GateScope scope) {
    var address = address(gate);
    return vertx
        .executeBlocking(() -> request(gate, scope), false)
        .compose(
            request ->
                exchange
                    .send(request.options(), request.body(), Durations.of(gate.timeout()))
                    .map(answered -> answer(address, answered, request.secrets())))
        .recover(error -> Future.failedFuture(explained(address, gate, error)))
        .toCompletionStage();
  }

  private record Request(RequestOptions options, String body, List<String> secrets) {}

  private Request request(HttpGate gate, GateScope scope) throws NotMeasurableException {
    var secrets = new ArrayList<String>();
    var options = options(gate, scope, secrets);
    var body = values.body(gate, scope);
    if (gate.bodyFrom() != null) {
      secrets.add(body);
    }
    return new Request(options, body, secrets);
  }

  private static String address(HttpGate gate) {
    return gate.url() == null
        ? gate.service().name() + ":" + gate.service().port() + gate.path()
        : gate.url();
  }

  private RequestOptions options(HttpGate gate, GateScope scope, List<String> secrets)
      throws NotMeasurableException {
    var options = new RequestOptions();
    if (gate.url() == null) {
      toService(options, gate, scope);
    } else {
      var refused = refused(gate);
      if (refused.isPresent()) {
        throw new NotMeasurableException(refused.get());
      }
      options.setAbsoluteURI(gate.url());
    }
    var timeout = Durations.of(gate.timeout()).toMillis();
    options.setMethod(HttpMethod.valueOf(gate.method().name())).setConnectTimeout(timeout);
    for (var header : gate.headers() == null ? List.<NamedValue>of() : gate.headers()) {
      var value = values.of(header, scope);
      options.putHeader(header.name(), value);
      if (header.valueFrom() != null) {
        secrets.add(value);
      }
    }
    var typed = options.getHeaders() != null && options.getHeaders().contains(CONTENT_TYPE);
    if ((gate.body() != null || gate.bodyFrom() != null) && !typed) {
      options.putHeader(CONTENT_TYPE, "application/json");
    }
    return options;
  }

  /**
   * Connects to the Service's address and names the Service as host, as a client in the cluster.
   */
  private void toService(RequestOptions options, HttpGate gate, GateScope scope)
      throws NotMeasurableException {
    var port = gate.service();
    var service = client.services().inNamespace(scope.namespace()).withName(port.name()).get();
    var ip = service == null ? null : service.getSpec().getClusterIP();
    if (ip == null || ip.isBlank() || "None".equals(ip)) {
      throw new NotMeasurableException(
          "Service "
              + port.name()
              + (service == null ? " does not exist" : " has no address of its own (headless)"));
    }
    options
        .setServer(SocketAddress.inetSocketAddress(port.port(), ip))
        .setHost(port.name())
        .setPort(port.port())
        .setSsl(port.scheme() == HttpGate.Scheme.https)
        .setURI(gate.path());
  }

  private static Answer answer(String address, Answered answered, List<String> secrets) {
    var head = answered.head();
    var body = answered.body().toString(StandardCharsets.UTF_8);
    return new Answer(address, head.statusCode(), headers(head), body, secrets);
  }

  private static Map<String, String> headers(HttpClientResponse response) {
    var headers = new TreeMap<String, String>();
    response
        .headers()
        .forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  private static Object parsed(String text) {
    try {
      var json = JSON.readValue(text, Object.class);
      return json == null ? NullValue.NULL_VALUE : json;
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  private static Throwable explained(String address, HttpGate gate, Throwable error) {
    if (error instanceof NotMeasurableException) {
      return error;
    }
    if (error instanceof TimeoutException) {
      return new NoAnswerException(
          "%s gave no complete answer within %s".formatted(address, gate.timeout()));
    }
    return unmeasurable(error)
        .<Throwable>map(why -> new NotMeasurableException(address + why))
        .orElseGet(() -> new NoAnswerException(address + " gave no answer: " + error.getMessage()));
  }

  /** What is wrong on this side; empty: the endpoint is the one that failed. */
  private static Optional<String> unmeasurable(Throwable error) {
    if (error instanceof UnknownHostException) {
      return Optional.of(": the host is not known");
    }
    if (error instanceof SSLException) {
      return Optional.of(": TLS failed: " + error.getMessage());
    }
    if (error instanceof TooLargeException) {
      return Optional.of(" answered with more than 1 MiB");
    }
    if (error instanceof ConnectionPoolTooBusyException) {
      return Optional.of(" is asked by too many gates at the same time");
    }
    return error instanceof KubernetesClientException
        ? Optional.of(": " + error.getMessage())
        : Optional.empty();
  }
}
