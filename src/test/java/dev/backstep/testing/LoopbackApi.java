package dev.backstep.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * An HTTP server on loopback that speaks as an API server does: it has the objects it was given,
 * refuses what it was told to refuse, and remembers what it was asked. What is created in it is
 * only remembered.
 */
public final class LoopbackApi implements AutoCloseable {
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NOT_FOUND = 404;

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private final Map<String, Queue<Answer>> once = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final KubernetesClient client;

  private record Answer(int status, String body, String warning) {
    Answer(int status, String body) {
      this(status, body, null);
    }
  }

  /**
   * A request that came.
   *
   * @param query what follows the path; null: nothing
   * @param user who is impersonated; null: nobody
   */
  public record Asked(String method, String path, String query, String body, String user) {}

  public LoopbackApi() {
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server().actualPort() + "/")
                    .build())
            .build();
  }

  private HttpServer server() {
    try {
      return vertx
          .createHttpServer()
          .requestHandler(this::handle)
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(HttpServerRequest request) {
    request.body().onSuccess(body -> answer(request, body.toString()));
  }

  private void answer(HttpServerRequest request, String body) {
    var method = request.method().name();
    var user = request.getHeader("Impersonate-User");
    asked.add(new Asked(method, request.path(), request.query(), body, user));
    var queue = once.get(method + " " + request.path());
    var next = queue == null ? null : queue.poll();
    if (next == null) {
      next = method.equals("POST") ? new Answer(CREATED, body) : known(request.path());
    }
    var response =
        request
            .response()
            .setStatusCode(next.status())
            .putHeader("Content-Type", "application/json");
    if (next.warning() != null) {
      response.putHeader("Warning", "299 - \"%s\"".formatted(next.warning()));
    }
    response.end(next.body());
  }

  /** An object, or all objects of a collection. */
  private Answer known(String path) {
    var object = objects.get(path);
    if (object != null) {
      return new Answer(OK, object);
    }
    var items =
        objects.entrySet().stream()
            .filter(it -> isIn(it.getKey(), path))
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(",", "{\"kind\": \"List\", \"items\": [", "]}"));
    var segments = path.split("/").length - (path.startsWith("/apis/") ? 1 : 0);
    var collection = segments == 6 || segments == 4;
    return collection ? new Answer(OK, items) : status(NOT_FOUND, "not found");
  }

  /** True for an object of a collection: that of its namespace, or that of all namespaces. */
  private static boolean isIn(String object, String collection) {
    var own = object.substring(0, object.lastIndexOf('/'));
    return own.equals(collection) || own.replaceFirst("/namespaces/[^/]+/", "/").equals(collection);
  }

  private static Answer status(int code, String message) {
    return new Answer(
        code,
        """
        {"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": %d, "message": "%s"}
        """
            .formatted(code, message));
  }

  /** This object exists. */
  public LoopbackApi has(HasMetadata object) {
    objects.put(path(object), client.getKubernetesSerialization().asJson(object));
    return this;
  }

  /** This object does not exist any more. */
  public void lose(HasMetadata object) {
    objects.remove(path(object));
  }

  /** The next such request, and only that one, is answered by this error. */
  public LoopbackApi refuses(String method, HasMetadata object, int code, String message) {
    return refusesAt(method, path(method, object), code, message);
  }

  /** As {@link #refuses}, for a request to this path. */
  public LoopbackApi refusesAt(String method, String path, int code, String message) {
    once.computeIfAbsent(method + " " + path, key -> new ArrayDeque<>()).add(status(code, message));
    return this;
  }

  /** The next request to this path, and only that one, is answered by this text. */
  public LoopbackApi answersAt(String method, String path, String body) {
    once.computeIfAbsent(method + " " + path, key -> new ArrayDeque<>()).add(new Answer(OK, body));
    return this;
  }

  /** The next such request, and only that one, is answered by this object. */
  public LoopbackApi answers(String method, HasMetadata object, HasMetadata answer) {
    once.computeIfAbsent(method + " " + path(method, object), key -> new ArrayDeque<>())
        .add(new Answer(OK, client.getKubernetesSerialization().asJson(answer)));
    return this;
  }

  /** The next such creation, and only that one, is answered with this warning, quoted as it is. */
  public LoopbackApi warns(HasMetadata object, String warning) {
    once.computeIfAbsent("POST " + path("POST", object), key -> new ArrayDeque<>())
        .add(new Answer(CREATED, client.getKubernetesSerialization().asJson(object), warning));
    return this;
  }

  /** What is created is sent to where all of its kind are. */
  private static String path(String method, HasMetadata object) {
    var path = path(object);
    return method.equals("POST") ? path.substring(0, path.lastIndexOf('/')) : path;
  }

  private static String path(HasMetadata object) {
    var group = object.getApiVersion();
    var namespace = object.getMetadata().getNamespace();
    return "/%s/%s/%s%s/%s"
        .formatted(
            group.contains("/") ? "apis" : "api",
            group,
            namespace == null ? "" : "namespaces/%s/".formatted(namespace),
            HasMetadata.getPlural(object.getClass()),
            object.getMetadata().getName());
  }

  /** Every request that came, in order. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** The operator's own client; it does not repeat what failed. */
  public KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    vertx.close();
  }
}
