package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.cluster.NoReplicaException;
import dev.backstep.cluster.Replica;
import dev.backstep.cluster.ServiceAddresses;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.testing.Outside;
import dev.backstep.testing.Outside.NotLeftException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/** The real requests, which go to an endpoint in memory. Of each is known which effect it is. */
public class SimulatedRequests extends HttpRequests {
  private static final AnswerConditions CONDITIONS = new AnswerConditions();

  private final Caller caller;

  public SimulatedRequests(Outside outside, ServiceAddresses addresses, Clock clock) {
    this(new Caller(outside, addresses), clock);
  }

  private SimulatedRequests(Caller caller, Clock clock) {
    super(caller, CONDITIONS, clock);
    this.caller = caller;
  }

  /** Judges the calls of plans as the real ones do. */
  public HttpReadings readings(ExecutorService threads) {
    return new HttpReadings(caller, CONDITIONS, threads);
  }

  @Override
  public Outcome send(HttpRequest effect, Mark mark, Author author, Instant notAfter) {
    var outer = caller.about;
    caller.about =
        Map.of(
            "mark",
            mark.text(),
            "effect",
            effect.key(mark),
            "idempotent",
            String.valueOf(effect.idempotent()),
            "verified",
            String.valueOf(effect.verify() != null),
            "reverses",
            effect.reverses() == null ? "" : effect.reverses());
    try {
      return super.send(effect, mark, author, notAfter);
    } finally {
      caller.about = outer;
    }
  }

  /** Carries requests to the endpoint in memory. */
  private static final class Caller extends HttpCaller {
    private final Outside outside;
    private final ServiceAddresses addresses;
    private Map<String, String> about = Map.of();

    Caller(Outside outside, ServiceAddresses addresses) {
      super(noVertx(), null, null);
      this.outside = outside;
      this.addresses = addresses;
    }

    private static Vertx noVertx() {
      return (Vertx)
          Proxy.newProxyInstance(
              Vertx.class.getClassLoader(),
              new Class<?>[] {Vertx.class},
              (proxy, method, arguments) -> null);
    }

    @Override
    <T> CompletionStage<T> handedOver(CompletionStage<T> stage) {
      return stage;
    }

    @Override
    public Optional<String> refused(Call call) {
      return Optional.empty();
    }

    @Override
    public CompletionStage<List<Problem>> problems(Call call, Author author) {
      return CompletableFuture.completedStage(List.of());
    }

    @Override
    DownloadWish download(FullCall call, String count, Author author, Map<String, String> folders) {
      return new DownloadWish(call, count, "10.0.0.1", 80, folders, List.of());
    }

    @Override
    public void refresh(Call call, Author author) {
      if (FullCall.of(call).ofEveryReplica()) {
        addresses.forget(author.namespace(), call.service().name());
      }
    }

    @Override
    public CompletionStage<List<Replica>> replicas(Call call, Author author) {
      try {
        return CompletableFuture.completedStage(
            addresses.replicas(author.namespace(), call.service().name()));
      } catch (UnansweredException e) {
        return CompletableFuture.failedStage(e);
      } catch (ProblemException e) {
        return CompletableFuture.failedStage(e);
      }
    }

    /** Who wants one replica looks where that is; it may be gone meanwhile. */
    private void find(FullCall call, Author author) throws ProblemException {
      if (call.replica() == null) {
        return;
      }
      var service = call.service();
      var uid = call.replica().uid();
      addresses.of(author.namespace(), service.name(), service.port(), uid);
      if (!outside.reaches(uid)) {
        addresses.doubt(author.namespace(), service.name(), uid);
        throw new UnansweredException(new Problem("NoAnswer", "nobody is there"), false, false);
      }
      addresses.answered(author.namespace(), service.name(), uid);
    }

    @Override
    public CompletionStage<Answer> send(
        Call call, Author author, Map<String, String> headers, Departure departure) {
      var full = FullCall.of(call);
      var said = new HashMap<>(about);
      said.putAll(headers);
      said.put("replica", full.replica() == null ? "" : full.replica().uid());
      try {
        find(full, author);
        var answer =
            outside.ask("http/%s%s".formatted(call.host(), call.path()), said, departure::leave);
        return CompletableFuture.completedStage(
            new Answer(answer.status(), Map.of(), answer.text(), List.of()));
      } catch (ProblemException e) {
        return CompletableFuture.failedStage(
            new UnansweredException(e.problem(), false, !(e instanceof NoReplicaException)));
      } catch (NotLeftException e) {
        return unanswered("it was too late", departure);
      } catch (IOException e) {
        return unanswered(e.getMessage(), departure);
      }
    }

    private static CompletionStage<Answer> unanswered(String why, Departure departure) {
      return CompletableFuture.failedStage(
          new UnansweredException(new Problem("NotAnswered", why), departure.left(), false));
    }
  }
}
