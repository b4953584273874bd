package dev.backstep.simulation;

import java.util.Objects;

/**
 * JOB, of those that gates ask with: they are no effects, so nobody records them before. Made
 * suspended, and then woken, with the rights of the plan's ServiceAccount; nothing else is changed.
 */
final class GateJobs extends Rules {
  GateJobs(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** True for a write of the Job of a gate. */
  static boolean isOne(SimulatedApiServer.Write write) {
    return write.resource().equals("jobs") && isOne(write.name());
  }

  static boolean isOne(String job) {
    return job.startsWith("bs-gate-");
  }

  /** Somebody wrote one. */
  void written(SimulatedApiServer.Write write) {
    if (!write.writer().operator()) {
      return;
    }
    var user = write.writer().request().user();
    require(
        "system:serviceaccount:shop:runner".equals(user),
        "I9",
        write.name() + " written by " + user);
    var suspended = write.after() != null && write.after().at("/spec/suspend").asBoolean();
    if (write.before() == null) {
      require(suspended, "JOB", write.name() + " was made so that it runs, however late that is");
      return;
    }
    require(
        write.after() != null && !suspended && write.before().at("/spec/suspend").asBoolean(),
        "JOB",
        write.name() + " was changed otherwise than woken");
    require(
        Objects.equals(write.before().at("/spec/template"), write.after().at("/spec/template")),
        "JOB",
        write.name() + " was woken as another one");
  }
}
