package dev.backstep.http;

import dev.backstep.http.Unpacked.UnreadableException;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Requests with one deadline each, from the name of the host to the last byte of the answer: an
 * endpoint that sends a byte now and then must not keep its connection. Every exchange opens a
 * connection of its own: a kept one would go on talking to the old pod. It goes straight to the
 * address that was checked, through no proxy, and shows no certificate.
 */
final class HttpExchange {
  /** Of an answer that is only looked at. */
  static final int SMALL = 1 << 20;

  private static final int CONNECTIONS = 64;

  private final Vertx vertx;
  private final HttpClient http;
  private final HostAddresses addresses;
  private final int largest;

  /**
   * Exchanges by these connections.
   *
   * @param largest so many bytes of an answer are read, and of a larger one none
   */
  HttpExchange(Vertx vertx, HostAddresses addresses, int largest) {
    this.vertx = vertx;
    this.addresses = addresses;
    this.largest = largest;
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                // The name of a Service has no dot, and is sent to TLS all the same.
                .setForceSni(true)
                .setMaxPoolSize(CONNECTIONS)
                .setMaxWaitQueueSize(CONNECTIONS));
  }

  /** The answer is larger than is read. */
  static final class TooLargeException extends ProblemException {
    private static final long serialVersionUID = 1L;
    private static final int MEGA = 20;

    TooLargeException(int largest) {
      super(
          new Problem(
              "AnswerTooLarge", " answered with more than %d MiB".formatted(largest >> MEGA)));
    }
  }

  /** An answer that came completely, with its body as it is meant. */
  record Answered(HttpClientResponse head, byte[] body) {}

  /** The request was ready to leave, and must not any more. */
  static final class TooLateException extends ProblemException {
    private static final long serialVersionUID = 1L;

    TooLateException() {
      super(new Problem("TooLate", " was not asked: it is too late"));
    }
  }

  /** Sends a request; {@code body} null: without a body. */
  Future<Answered> send(RequestOptions options, String body, Duration limit, Departure departure) {
    var promise = Promise.<Answered>promise();
    var timer =
        vertx.setTimer(
            limit.toMillis(),
            id -> {
              departure.cancel();
              promise.tryFail(new TimeoutException());
            });
    connected(options)
        .onFailure(promise::tryFail)
        .onSuccess(
            request -> {
              // Closes the connection, also of a request whose time was over before it was made.
              promise.future().onFailure(error -> request.reset());
              request.exceptionHandler(promise::tryFail);
              request.connection().exceptionHandler(promise::tryFail);
              if (departure.leave()) {
                exchange(request, body).onFailure(promise::tryFail).onSuccess(promise::tryComplete);
              } else {
                promise.tryFail(new TooLateException());
              }
            });
    return promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private Future<HttpClientRequest> connected(RequestOptions options) {
    var server = options.getServer();
    var host = server == null ? options.getHost() : server.host();
    var port = server == null ? options.getPort() : Integer.valueOf(server.port());
    return addresses
        .of(host)
        .map(address -> SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
        .compose(address -> http.request(options.setServer(address)));
  }

  private Future<Answered> exchange(HttpClientRequest request, String body) {
    return (body == null ? request.send() : request.send(body)).compose(this::read);
  }

  private Future<Answered> read(HttpClientResponse response) {
    var body = Buffer.buffer();
    var promise = Promise.<Answered>promise();
    response.exceptionHandler(promise::tryFail);
    response.handler(
        part -> {
          if (body.length() + part.length() > largest) {
            promise.tryFail(new TooLargeException(largest));
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(
        end ->
            unpacked(response, body).onSuccess(promise::tryComplete).onFailure(promise::tryFail));
    return promise.future();
  }

  private Future<Answered> unpacked(HttpClientResponse response, Buffer body) {
    try {
      var encoding = response.getHeader(HttpHeaders.CONTENT_ENCODING);
      var bytes = Unpacked.of(encoding, body.getBytes(), largest);
      return Future.succeededFuture(new Answered(response, bytes));
    } catch (TooLargeException | UnreadableException e) {
      return Future.failedFuture(e);
    }
  }
}
