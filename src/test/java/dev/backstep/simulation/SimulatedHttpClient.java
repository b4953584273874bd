package dev.backstep.simulation;

import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.TlsVersion;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * The Kubernetes client's transport: every request goes to a {@link Wire} and is answered there.
 */
final class SimulatedHttpClient implements HttpClient {
  private final Wire wire;
  private final String user;

  private SimulatedHttpClient(Wire wire, String user) {
    this.wire = wire;
    this.user = user;
  }

  /** Carries a request to the API server and its answer back. */
  interface Wire {
    /**
     * @throws IOException when no answer came
     */
    Answer send(Request request) throws IOException;

    /** Counts up, so that what happened earlier has a smaller number. */
    long moment();
  }

  /** Makes clients whose requests go to this wire. */
  record Factory(Wire wire) implements HttpClient.Factory {
    @Override
    public HttpClient.Builder newBuilder() {
      return new Maker(wire);
    }
  }

  /** Everything that could be set up is ignored, but for who is impersonated. */
  private static final class Maker implements HttpClient.Builder {
    private final Wire wire;
    private String user;

    Maker(Wire wire) {
      this.wire = wire;
    }

    @Override
    public HttpClient build() {
      return new SimulatedHttpClient(wire, user);
    }

    @Override
    public DerivedClientBuilder tag(Object value) {
      if (value instanceof RequestConfig config) {
        user = config.getImpersonateUsername();
      }
      return this;
    }

    @Override
    public Builder connectTimeout(long time, TimeUnit unit) {
      return this;
    }

    @Override
    public Builder addOrReplaceInterceptor(String name, Interceptor interceptor) {
      return this;
    }

    @Override
    public Builder authenticatorNone() {
      return this;
    }

    @Override
    public Builder sslContext(KeyManager[] keys, TrustManager[] trust) {
      return this;
    }

    @Override
    public Builder followAllRedirects() {
      return this;
    }

    @Override
    public Builder proxyAddress(InetSocketAddress address) {
      return this;
    }

    @Override
    public Builder proxyAuthorization(String credentials) {
      return this;
    }

    @Override
    public Builder tlsVersions(TlsVersion... versions) {
      return this;
    }

    @Override
    public Builder tlsServerName(String name) {
      return this;
    }

    @Override
    public Builder preferHttp11() {
      return this;
    }

    @Override
    public Builder proxyType(ProxyType type) {
      return this;
    }
  }

  private static final class Response<T> extends StandardHttpHeaders implements HttpResponse<T> {
    private final HttpRequest request;
    private final int code;
    private final T body;

    Response(HttpRequest request, int code, T body) {
      this.request = request;
      this.code = code;
      this.body = body;
    }

    @Override
    public int code() {
      return code;
    }

    @Override
    public T body() {
      return body;
    }

    @Override
    public HttpRequest request() {
      return request;
    }

    @Override
    public Optional<HttpResponse<?>> previousResponse() {
      return Optional.empty();
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, Class<T> type) {
    try {
      var answer = wire.send(read((StandardHttpRequest) request));
      var body = type.cast(Json.bytes(answer.body()));
      return CompletableFuture.completedFuture(new Response<>(request, answer.code(), body));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Request read(StandardHttpRequest request) throws IOException {
    var uri = request.uri();
    return new Request(
        request.method(),
        uri.getPath(),
        query(uri.getRawQuery()),
        body(request),
        user,
        wire.moment());
  }

  private static byte[] body(StandardHttpRequest request) throws IOException {
    var body = request.body();
    if (body instanceof StandardHttpRequest.StringBodyContent text) {
      return text.getContent().getBytes(StandardCharsets.UTF_8);
    }
    if (body instanceof StandardHttpRequest.ByteArrayBodyContent bytes) {
      return bytes.getContent();
    }
    return body instanceof StandardHttpRequest.InputStreamBodyContent stream
        ? stream.getContent().readAllBytes()
        : new byte[0];
  }

  private static Map<String, String> query(String text) {
    if (text == null) {
      return Map.of();
    }
    var query = new HashMap<String, String>();
    for (var part : text.split("&")) {
      var pair = part.split("=", 2);
      query.put(
          pair[0], pair.length == 1 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  @Override
  public DerivedClientBuilder newBuilder() {
    return new Maker(wire);
  }

  @Override
  public HttpRequest.Builder newHttpRequestBuilder() {
    return new StandardHttpRequest.Builder();
  }

  @Override
  public CompletableFuture<HttpResponse<AsyncBody>> consumeBytes(
      HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    throw new UnsupportedOperationException("not simulated");
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    throw new UnsupportedOperationException("not simulated");
  }

  @Override
  public boolean isClosed() {
    return false;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
