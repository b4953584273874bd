package dev.backstep.gate.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backstep.api.v1alpha1.HttpGate;
import dev.backstep.api.v1alpha1.NamedValue;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.GateScope;
import dev.backstep.runbook.Durations;
import dev.cel.common.values.NullValue;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLException;

/**
 * One HTTP request to a Service of the plan's namespace, or to an allowed host. Every call opens a
 * connection of its own: a kept one would go on talking to the old pod.
 */
@ApplicationScoped
public class HttpCall {
  private static final String CONTENT_TYPE = "Content-Type";

  private static final int MAX_BODY_BYTES = 1 << 20;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private final Vertx vertx;
  private final HttpClient http;
  private final KubernetesClient client;
  private final SecretValues values;
  private final List<String> allowedHosts;

  public HttpCall(
      Vertx vertx, KubernetesClient client, SecretValues values, BackstepConfig config) {
    this.vertx = vertx;
    this.http =
        vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false).setMaxPoolSize(64));
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

  /** An answer, and the address it came from as the plan names it. */
  record Answer(String address, int status, Map<String, String> headers, Object body) {
    Map<String, Object> values() {
      return Map.of("status", (long) status, "headers", headers, "body", body);
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
            "http.url: host "
                + host
                + " is not in the operator's allow-list. Add it to http.allowedHosts of the chart,"
                + " or use http.service.");
  }

  private static String host(String url) {
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
        .executeBlocking(() -> new Request(options(gate, scope), values.body(gate, scope)), false)
        .compose(this::send)
        .compose(response -> answer(address, response))
        .recover(error -> Future.failedFuture(explained(address, error)))
        .toCompletionStage();
  }

  private record Request(RequestOptions options, String body) {}

  private Future<HttpClientResponse> send(Request request) {
    return http.request(request.options())
        .compose(sent -> request.body() == null ? sent.send() : sent.send(request.body()));
  }

  private static String address(HttpGate gate) {
    return gate.url() == null
        ? gate.service().name() + ":" + gate.service().port() + gate.path()
        : gate.url();
  }

  private RequestOptions options(HttpGate gate, GateScope scope) throws NotMeasurableException {
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
    options
        .setMethod(HttpMethod.valueOf(gate.method().name()))
        .setConnectTimeout(timeout)
        .setTimeout(timeout);
    for (var header : gate.headers() == null ? List.<NamedValue>of() : gate.headers()) {
      options.putHeader(header.name(), values.of(header, scope));
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

  private static Future<Answer> answer(String address, HttpClientResponse response) {
    var body = Buffer.buffer();
    var promise = Promise.<Answer>promise();
    response.exceptionHandler(promise::tryFail);
    response.handler(
        part -> {
          if (body.length() + part.length() > MAX_BODY_BYTES) {
            promise.tryFail(new NotMeasurableException(address + " answered with more than 1 MiB"));
            response.request().reset();
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(
        end ->
            promise.tryComplete(
                new Answer(address, response.statusCode(), headers(response), parsed(body))));
    return promise.future();
  }

  private static Map<String, String> headers(HttpClientResponse response) {
    var headers = new TreeMap<String, String>();
    response
        .headers()
        .forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  private static Object parsed(Buffer body) {
    var text = body.toString(StandardCharsets.UTF_8);
    try {
      var json = JSON.readValue(text, Object.class);
      return json == null ? NullValue.NULL_VALUE : json;
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  private static Throwable explained(String address, Throwable error) {
    if (error instanceof NotMeasurableException) {
      return error;
    }
    if (error instanceof UnknownHostException) {
      return new NotMeasurableException(address + ": the host is not known");
    }
    if (error instanceof SSLException) {
      return new NotMeasurableException(address + ": TLS failed: " + error.getMessage());
    }
    return error instanceof KubernetesClientException
        ? new NotMeasurableException(address + ": " + error.getMessage())
        : new NoAnswerException(address + " gave no answer: " + error.getMessage());
  }
}
