package dev.backstep.resource;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Several answers that come later, as one. */
public final class Together {
  private Together() {}

  /** Everything that any of them says, in their order. */
  public static <T> CompletionStage<List<T>> all(Stream<CompletionStage<List<T>>> answers) {
    return answers.reduce(
        CompletableFuture.completedStage(List.of()),
        (before, next) ->
            before.thenCombine(
                next, (some, more) -> Stream.concat(some.stream(), more.stream()).toList()));
  }

  /** What each says, under its name. */
  public static <T> CompletionStage<Map<String, T>> named(Map<String, CompletionStage<T>> answers) {
    CompletionStage<Map<String, T>> all = CompletableFuture.completedStage(new TreeMap<>());
    for (var answer : answers.entrySet()) {
      all =
          all.thenCombine(
              answer.getValue(),
              (said, one) -> {
                said.put(answer.getKey(), one);
                return said;
              });
    }
    return all;
  }

  /** What went wrong, without what a stage wraps around it. */
  public static Throwable cause(Throwable error) {
    return error instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : error;
  }
}
