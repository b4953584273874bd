package dev.backstep.notification;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Author;
import dev.backstep.http.Answer;
import dev.backstep.http.Departure;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpCaller;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Delivers one letter. */
@ApplicationScoped
public class Deliveries {
  private static final String KEY = "Idempotency-Key";
  private static final int OK = 200;
  private static final int NO_LONGER_OK = 300;

  private final HttpCaller caller;
  private final Secrets secrets;

  public Deliveries(HttpCaller caller, Secrets secrets) {
    this.caller = caller;
    this.secrets = secrets;
  }

  /**
   * Delivers a letter, and waits: for as long as the notification says, and at most 20 s more.
   *
   * @param key the same for the same letter
   * @return why it was not taken; empty: it was
   */
  Optional<Problem> deliver(Notification to, Author author, String key, String body) {
    try {
      return deliver(to, author, key, call(to, author, body));
    } catch (ProblemException e) {
      return Optional.of(e.problem());
    }
  }

  private Optional<Problem> deliver(Notification to, Author author, String key, FullCall call) {
    try {
      var answer =
          caller
              .send(call, author, Map.of(KEY, key), Departure.anytime())
              .toCompletableFuture()
              .join();
      return refused(to, author, answer);
    } catch (CompletionException e) {
      return Optional.of(unanswered(to, call, e));
    }
  }

  /** What would keep a letter from being delivered, found before there is one; waits for it. */
  List<Problem> problems(Notification to, Author author) {
    try {
      var call = call(to, author, "");
      return caller.problems(call, author).toCompletableFuture().join().stream()
          .map(it -> without(it, call, to))
          .toList();
    } catch (ProblemException e) {
      return List.of(e.problem());
    }
  }

  private Optional<Problem> refused(Notification to, Author author, Answer answer) {
    if (answer.status() >= OK && answer.status() < NO_LONGER_OK) {
      return Optional.empty();
    }
    forgetAddress(to, author);
    return Optional.of(
        new Problem("NotTaken", "%s answered %d".formatted(to.address(), answer.status())));
  }

  /** What its Secret said may be out of date. */
  private void forgetAddress(Notification to, Author author) {
    if (to.urlFrom() != null) {
      secrets.forget(author, to.urlFrom().secretKeyRef().name());
    }
  }

  private static Problem unanswered(Notification to, FullCall call, CompletionException e) {
    if (e.getCause() instanceof ProblemException known) {
      return without(known.problem(), call, to);
    }
    throw e;
  }

  /** The words for what is wrong may have the address in them, which may be a secret. */
  private static Problem without(Problem problem, FullCall call, Notification to) {
    return new Problem(problem.reason(), problem.message().replace(call.address(), to.address()));
  }

  private FullCall call(Notification to, Author author, String body) throws ProblemException {
    return new FullCall(
        null,
        to.service(),
        to.urlFrom() == null ? to.url() : address(to, author),
        to.path(),
        Call.Method.POST,
        to.headers(),
        body,
        null,
        null,
        to.timeout());
  }

  private String address(Notification to, Author author) throws ProblemException {
    var key = to.urlFrom().secretKeyRef();
    var address = secrets.read(author, key);
    if (!isAddress(address)) {
      secrets.forget(author, key.name());
      throw new ProblemException(
          new Problem(
              "AddressInvalid",
              "Secret %s has in key %s no address that begins with http:// or https://"
                  .formatted(key.name(), key.key())));
    }
    return address;
  }

  private static boolean isAddress(String text) {
    try {
      var uri = new URI(text);
      return uri.getHost() != null && uri.getScheme().matches("https?");
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
