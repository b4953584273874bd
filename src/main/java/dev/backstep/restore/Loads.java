package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.cluster.Access.Right;
import dev.backstep.dump.DumpJobs;
import dev.backstep.dump.DumpJobs.LoadWish;
import dev.backstep.effect.Step;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;

/** The Job that loads a backup into the database beside the live one. */
@ApplicationScoped
public class Loads {
  private static final String PURPOSE = "load";

  private final DumpJobs jobs;
  private final JobSteps steps;

  public Loads(DumpJobs jobs, JobSteps steps) {
    this.jobs = jobs;
    this.steps = steps;
  }

  /** The rights that it needs. */
  List<Right> rights(DbRestoreAction restore) {
    return Stream.of(
            Stream.of(
                new Right("create", "batch", "jobs", List.of()),
                new Right("patch", "batch", "jobs", List.of())),
            Right.ofSecrets(Stream.of(restore.databaseRef())).stream())
        .flatMap(it -> it)
        .toList();
  }

  /** Where the Job stands. */
  Step left(Situation now) {
    var scope = now.scope();
    return steps.leftAgain(PURPOSE, name -> job(now, name), scope);
  }

  /** What is left of ending it. */
  Step stopped(ActionScope scope) {
    return steps.stopped(PURPOSE, scope);
  }

  /** Its name, which is the same in every process. */
  static String name(ActionScope scope) {
    return JobSteps.name(PURPOSE, scope.claim(), scope);
  }

  private Job job(Situation now, String name) throws ProblemException {
    var live = now.found().liveOne().orElseThrow();
    var source = now.restore().source();
    var latest = source.latest();
    var wish =
        new LoadWish(
            now.restore().databaseRef(),
            now.names(),
            live.name(),
            live.owner(),
            source.from(),
            source.path(),
            latest == null ? null : latest.prefix(),
            latest == null ? null : Sources.before(now),
            source.sha256(),
            source.database() == null ? live.name() : source.database(),
            Sources.notOlderThan(now).orElse(null),
            now.scope().timeout());
    return jobs.load(wish, name, now.scope().namespace(), now.scope().claim());
  }
}
