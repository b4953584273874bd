package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.agroal.api.AgroalDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The journal's database: takes the operator's own INSERT through JDBC, or is down. JOURNAL: no
 * step of a run is lost: each is in it at rest, and before the plan goes whose status has it,
 * unless that was waited for for a minute.
 */
final class SimulatedDatabase implements SimulatedApiServer.Listener {
  private static final int UID = 4;
  private static final int CLAIM = 6;
  private static final int SEQ = 7;

  /** A plan that is being deleted waits so long for the journal. */
  private static final Duration DELETION_LIMIT = Duration.ofSeconds(60);

  private final Simulation world;
  private final Set<String> rows = new HashSet<>();
  private long downUntil;

  SimulatedDatabase(Simulation world) {
    this.world = world;
  }

  /** Nobody can connect for so long. */
  void down(long millis) {
    downUntil = world.time().elapsed() + millis;
  }

  boolean isDown() {
    return world.time().elapsed() < downUntil;
  }

  /** As the operator's pool gives it. */
  AgroalDataSource source() {
    return proxy(
        AgroalDataSource.class,
        (proxy, method, arguments) -> {
          if (isDown()) {
            throw new SQLException("the database does not answer");
          }
          return connection();
        });
  }

  private Connection connection() {
    return proxy(
        Connection.class,
        (proxy, method, arguments) ->
            method.getName().equals("prepareStatement") ? statement() : null);
  }

  private PreparedStatement statement() {
    var row = new HashMap<Integer, Object>();
    var batch = new ArrayList<String>();
    return proxy(
        PreparedStatement.class,
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "addBatch" -> batch.add(key(row));
            case "executeBatch" -> {
              return execute(batch);
            }
            case "close" -> batch.clear();
            default -> row.put((Integer) arguments[0], arguments[1]);
          }
          return null;
        });
  }

  private int[] execute(List<String> batch) throws SQLException {
    if (isDown()) {
      throw new SQLException("the connection was lost");
    }
    world.done();
    rows.addAll(batch);
    return new int[batch.size()];
  }

  private static String key(Map<Integer, Object> row) {
    return key(row.get(UID), row.get(CLAIM), row.get(SEQ));
  }

  private static String key(Object uid, Object claim, Object seq) {
    return uid + " " + claim + " " + seq;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            SimulatedDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (!SimulatedApiServer.isLadder(write)
        || write.after() != null
        || !write.writer().operator()) {
      return;
    }
    var deleted = Instant.parse(write.before().at("/metadata/deletionTimestamp").asText());
    if (world.clock(write.writer().name()).isBefore(deleted.plus(DELETION_LIMIT))) {
      var missing = missing(write.before());
      if (missing != null) {
        world.violated("JOURNAL", "the plan is gone, %s".formatted(missing), null);
      }
    }
  }

  /** What the journal lacks of the plan as it is now; null: nothing. */
  String missing() {
    return world.plan() == null ? null : missing(world.plan());
  }

  private String missing(JsonNode plan) {
    var uid = plan.at("/metadata/uid").asText();
    for (var step : plan.at("/status/transitions")) {
      var key = key(uid, step.path("claim").asText(), step.path("seq").asLong());
      if (!rows.contains(key)) {
        return "step %s is not in the journal".formatted(key);
      }
    }
    return null;
  }
}
