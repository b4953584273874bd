package dev.backstep.database.swap;

import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is attached to a database by its OID: it stays with the one that leaves, and is lost to the
 * one that comes, or keeps it from being renamed at all.
 */
final class Attachments {
  /** What there may be, and what is said of it: of which database, and which there are. */
  private enum Sort {
    PREPARED(
        "SELECT x.gid FROM pg_catalog.pg_prepared_xacts x JOIN pg_catalog.pg_database d ON d.datname = x.database WHERE d.oid = ?",
        "RestorePreparedTransactions",
        "The database %s has transactions that are prepared and not ended, and cannot be renamed meanwhile: %s. End each in it: COMMIT PREPARED or ROLLBACK PREPARED."),
    SLOTS(
        "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE datoid = ?",
        "RestoreReplicationSlots",
        "Logical replication slots belong to the database %s and would stay with the old one: %s. Stop who reads them and drop them: SELECT pg_drop_replication_slot('...'); make them anew after the restore, and have the readers start afresh."),
    SUBSCRIPTIONS(
        "SELECT subname FROM pg_catalog.pg_subscription WHERE subdbid = ?",
        "RestoreSubscriptions",
        "Subscriptions belong to the database %s and would go on in the old one: %s. Drop them in it (DROP SUBSCRIPTION), and make them anew after the restore."),
    LABELS(
        "SELECT provider FROM pg_catalog.pg_shseclabel WHERE classoid = 'pg_catalog.pg_database'::regclass AND objoid = ?",
        "RestoreSecurityLabels",
        "The database %s has security labels, which only a superuser could give to another one: %s. Remove them, or restore it by hand."),
    GRANTORS(
        "SELECT DISTINCT pg_catalog.pg_get_userbyid(a.grantor) FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a WHERE a.grantor <> d.datdba AND d.oid = ?",
        "RestoreGrantsOfOthers",
        "Rights on the database %s were granted by others than its owner, and could not be given in their name: %s. Let them revoke these, and the owner grant them.");

    private final String query;
    private final String reason;
    private final String message;

    Sort(String query, String reason, String message) {
      this.query = query;
      this.reason = reason;
      this.message = message;
    }
  }

  private final Connection connection;

  Attachments(Connection connection) {
    this.connection = connection;
  }

  /** One for each sort of which there is something; empty: nothing is attached. */
  List<Problem> problems(Databases.One live) throws SQLException {
    var problems = new ArrayList<Problem>();
    for (var sort : Sort.values()) {
      var found = found(sort, live.oid());
      if (!found.isEmpty()) {
        problems.add(
            new Problem(
                sort.reason, sort.message.formatted(live.name(), String.join(", ", found))));
      }
    }
    return problems;
  }

  private List<String> found(Sort sort, long oid) throws SQLException {
    try (var query = connection.prepareStatement(sort.query)) {
      query.setLong(1, oid);
      try (var answer = query.executeQuery()) {
        var found = new ArrayList<String>();
        while (answer.next()) {
          found.add(answer.getString(1));
        }
        return found;
      }
    }
  }
}
