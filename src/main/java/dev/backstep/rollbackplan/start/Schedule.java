package dev.backstep.rollbackplan.start;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Unix cron with five fields, UTC. */
public final class Schedule {
  private Schedule() {}

  /**
   * When it is due next after a moment; empty: never.
   *
   * @throws IllegalArgumentException when the text is no schedule
   */
  public static Optional<Instant> next(String schedule, Instant after) {
    var cron =
        new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
            .parse(schedule)
            .validate();
    return ExecutionTime.forCron(cron)
        .nextExecution(after.atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toInstant);
  }
}
