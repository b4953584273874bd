package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import java.sql.SQLException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** What another thread finds out meanwhile. */
final class Ahead<T> {
  private final Future<T> result;

  /** How it is found out. */
  @FunctionalInterface
  interface Work<T> {
    T done() throws SQLException, ProblemException;
  }

  Ahead(ExecutorService thread, Work<T> work) {
    result = thread.submit(work::done);
  }

  /** Waits for it. */
  T get() throws SQLException, ProblemException {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the program is to end");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException sql) {
        throw sql;
      }
      if (e.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Waits until nothing is done any more. */
  void await() {
    try {
      result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      // It is not needed any more; who asked for it has heard of it.
    }
  }
}
