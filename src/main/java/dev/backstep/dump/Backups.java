package dev.backstep.dump;

import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * How databases of one sort are backed up. It is found by the member of the target that is set.
 *
 * @param <T> that member
 */
public interface Backups<T> {
  /** The class of that member. */
  Class<T> type();

  /**
   * A Job that is to be made, or that runs.
   *
   * @param name its own
   * @param claim of the run that it belongs to
   * @param tag by which {@link #progress} finds what the program says
   * @param at the time in the name of the backup
   */
  record Wanted(String name, String namespace, String claim, String tag, Instant at) {}

  /**
   * The Job that makes a backup, as it is created.
   *
   * @throws ProblemException when the operator does not know its own image
   */
  Job job(Backup backup, Wanted wanted) throws ProblemException;

  /** The Secrets that are read of, beside those of a store. */
  List<Right> rights(Backup backup);

  /** What would keep the database from being copied whole. */
  CompletionStage<List<Problem>> problems(Backup backup, Author author);

  /**
   * Which database it is, in words that are the same for the same one; empty: nobody can tell. The
   * stage fails with a {@link ProblemException} where it cannot be asked now.
   */
  CompletionStage<Optional<String>> database(Backup backup, Author author);

  /** How far the program of the Job is; empty: it does not say. */
  CompletionStage<Optional<String>> progress(Backup backup, Author author, Wanted job);
}
