package dev.backstep.http;

import dev.backstep.cluster.Replica;
import dev.backstep.effect.Author;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Asks every ready replica behind a Service, all at once, and makes one reading of what they say:
 * green when each of them is.
 *
 * @param ask asks one of them
 */
record EveryReplica(HttpCaller caller, Function<FullCall, CompletionStage<Reading>> ask) {
  /** So many connections at once do no harm here. */
  private static final int MOST = 100;

  /** In a message: all of them together say enough. */
  private static final int NAMED = 3;

  /** What one of them said. */
  private record Said(Replica replica, Reading reading) {}

  CompletionStage<Reading> of(FullCall call, Author author) {
    return caller
        .replicas(call, author)
        .thenApply(replicas -> replicas.stream().filter(Replica::ready).toList())
        .thenCompose(ready -> asked(call, author, ready))
        .exceptionally(HttpReadings::unanswered);
  }

  private CompletionStage<Reading> asked(FullCall call, Author author, List<Replica> replicas) {
    if (replicas.isEmpty()) {
      return now(Reading.red("%s: no replica is ready".formatted(line(call))));
    }
    if (replicas.size() > MOST) {
      return now(
          Reading.error(
              "%s: %d replicas are ready, more than %d are not asked one by one"
                  .formatted(line(call), replicas.size(), MOST)));
    }
    var asked = replicas.stream().map(replica -> said(call, replica)).toList();
    return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> asked.stream().map(CompletableFuture::join).toList())
        .thenCompose(said -> stillThere(call, author, said))
        .thenApply(said -> reading(call, said));
  }

  private CompletableFuture<Said> said(FullCall call, Replica replica) {
    return ask.apply(call.at(replica))
        .thenApply(reading -> new Said(replica, reading))
        .toCompletableFuture();
  }

  /** A replica that went away meanwhile did not have to answer any more. */
  private CompletionStage<List<Said>> stillThere(FullCall call, Author author, List<Said> said) {
    if (said.stream().allMatch(it -> it.reading().color() == Color.GREEN)) {
      return CompletableFuture.completedStage(said);
    }
    return caller
        .replicas(call, author)
        .thenApply(
            now ->
                now.stream().filter(Replica::ready).map(Replica::uid).collect(Collectors.toSet()))
        .thenApply(now -> said.stream().filter(it -> counts(it, now)).toList());
  }

  private static boolean counts(Said said, Set<String> there) {
    return said.reading().color() == Color.GREEN || there.contains(said.replica().uid());
  }

  private static Reading reading(FullCall call, List<Said> said) {
    if (said.isEmpty()) {
      return Reading.red("%s: no replica is ready any more".formatted(line(call)));
    }
    return worst(said, Color.RED)
        .or(() -> worst(said, Color.ERROR))
        .map(bad -> new Reading(bad.get(0).reading().color(), message(call, said, bad)))
        .orElseGet(
            () ->
                Reading.green(
                    "%s: all of %d replicas answered as wanted"
                        .formatted(line(call), said.size())));
  }

  /** Those that said so; empty: none did. */
  private static Optional<List<Said>> worst(List<Said> said, Color color) {
    return Optional.of(said.stream().filter(it -> it.reading().color() == color).toList())
        .filter(those -> !those.isEmpty());
  }

  private static String message(FullCall call, List<Said> said, List<Said> bad) {
    var named =
        bad.stream()
            .limit(NAMED)
            .map(it -> it.reading().message())
            .collect(Collectors.joining("; "));
    var more = bad.size() > NAMED ? "; and %d more".formatted(bad.size() - NAMED) : "";
    return "%s: %d of %d replicas: %s%s"
        .formatted(line(call), bad.size(), said.size(), named, more);
  }

  private static String line(FullCall call) {
    return "%s %s".formatted(call.method(), call.address());
  }

  private static CompletionStage<Reading> now(Reading reading) {
    return CompletableFuture.completedStage(reading);
  }
}
