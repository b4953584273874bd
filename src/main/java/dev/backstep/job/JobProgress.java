package dev.backstep.job;

import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.ContainerLogs;
import dev.backstep.cluster.ContainerLogs.Part;
import dev.backstep.effect.Author;
import dev.backstep.effect.LookThreads;
import dev.backstep.program.HowFar;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * How far the program of a Job is, as it says in its log. That is only shown: where it cannot be
 * read, or not soon, everything goes on without.
 */
@ApplicationScoped
public class JobProgress {
  /** What an author may lack who is not shown it then. */
  public static final Right RIGHT =
      Right.useful("get", "", "pods/log", "how far the copy of a SQLite file is, is not shown");

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** A program says nothing else before its last words. */
  private static final int LINES = 10;

  private static final int BYTES = 4096;

  private final JobPods pods;
  private final ContainerLogs logs;
  private final LookThreads threads;

  public JobProgress(JobPods pods, ContainerLogs logs, LookThreads threads) {
    this.pods = pods;
    this.logs = logs;
    this.threads = threads;
  }

  /** What it said last, in words for people; empty: nothing, or it cannot be read. */
  public CompletionStage<Optional<String>> of(String job, Author author) {
    return threads.inTime(threads.askInTurn(job, () -> said(job, author)), LIMIT, Optional.empty());
  }

  private Optional<String> said(String job, Author author) {
    return pods.running(author.namespace(), job)
        .map(pod -> logs.read(Part.last(LINES, BYTES, pod, JobManifests.CONTAINER), author))
        .flatMap(HowFar::last)
        .map(HowFar::shown);
  }
}
