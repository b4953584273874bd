package dev.backstep.database;

import dev.backstep.config.BackstepConfig;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The database in which the operator keeps its own journal, if it keeps one. */
@ApplicationScoped
public class OwnDatabase {
  private final Optional<Supplier<? extends DataSource>> connections;

  @Inject
  public OwnDatabase(BackstepConfig config, Instance<AgroalDataSource> dataSource) {
    this(config.journal().url().filter(url -> !url.isBlank()).map(url -> dataSource::get));
  }

  /**
   * With connections of the caller's choice.
   *
   * @param connections with the journal's database; empty: none is kept
   */
  public OwnDatabase(Optional<Supplier<? extends DataSource>> connections) {
    this.connections = connections;
  }

  /**
   * True when it is certain that this is it, whatever address it has. A journal that does not
   * answer while a database does is another one, or cannot be told apart.
   */
  public boolean is(Identity database) {
    return connections.flatMap(OwnDatabase::identity).filter(it -> same(it, database)).isPresent();
  }

  /** Two servers that were made the same way number their databases the same way. */
  private static boolean same(Identity own, Identity other) {
    return own.system() != null && own.system().equals(other.system()) && own.oid() == other.oid();
  }

  private static Optional<Identity> identity(Supplier<? extends DataSource> connections) {
    try (var connection = connections.get().getConnection()) {
      return Optional.of(Server.of(connection).identity());
    } catch (SQLException e) {
      return Optional.empty();
    }
  }
}
