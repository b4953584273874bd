package dev.backstep.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Requests with one deadline each, from the connection to the last byte of the answer: an endpoint
 * that sends a byte now and then must not keep its connection. Every exchange opens a connection of
 * its own: a kept one would go on talking to the old pod.
 */
final class HttpExchange {
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final int CONNECTIONS = 64;

  private final Vertx vertx;
  private final HttpClient http;

  HttpExchange(Vertx vertx) {
    this.vertx = vertx;
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxPoolSize(CONNECTIONS)
                .setMaxWaitQueueSize(CONNECTIONS));
  }

  /** The answer is larger than is read. */
  static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** An answer that came completely. */
  record Answered(HttpClientResponse head, Buffer body) {}

  /** The request was ready to leave, and must not any more. */
  static final class TooLateException extends Exception {
    private static final long serialVersionUID = 1L;
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
    http.request(options)
        .onFailure(promise::tryFail)
        .onSuccess(
            request -> {
              // Closes the connection, also of a request whose time was over before it was made.
              promise.future().onFailure(error -> request.reset());
              request.exceptionHandler(promise::tryFail);
              if (departure.leave()) {
                exchange(request, body).onFailure(promise::tryFail).onSuccess(promise::tryComplete);
              } else {
                promise.tryFail(new TooLateException());
              }
            });
    return promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private static Future<Answered> exchange(HttpClientRequest request, String body) {
    return (body == null ? request.send() : request.send(body)).compose(HttpExchange::read);
  }

  private static Future<Answered> read(HttpClientResponse response) {
    var body = Buffer.buffer();
    var promise = Promise.<Answered>promise();
    response.exceptionHandler(promise::tryFail);
    response.handler(
        part -> {
          if (body.length() + part.length() > MAX_BODY_BYTES) {
            promise.tryFail(new TooLargeException());
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(end -> promise.tryComplete(new Answered(response, body)));
    return promise.future();
  }
}
