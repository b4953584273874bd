package dev.backstep.restore;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.Identity;
import dev.backstep.database.QueryAnswer;
import dev.backstep.database.swap.Databases.One;
import dev.backstep.database.swap.SwapLooks;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Whom things in a live database belong to, other than its owner. A restored one belongs to its
 * owner as a whole, so who works as one of the others may miss the rights of an owner there.
 */
final class OtherOwners {
  private static final String LIMIT = "1m";

  private static final String ASKED =
      """
      SELECT pg_catalog.string_agg(said, ', ' ORDER BY said) FROM (
        SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_get_userbyid(c.relowner),
          pg_catalog.count(*)) AS said
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relowner <> d.datdba
          AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid =
              'pg_catalog.pg_class'::pg_catalog.regclass
            AND e.objid = c.oid AND e.deptype = 'e')
        GROUP BY c.relowner) others
      """;

  private final SwapLooks looks;

  OtherOwners(SwapLooks looks) {
    this.looks = looks;
  }

  /** Their names, and how many tables, views and sequences each has; empty: there is none. */
  CompletionStage<Optional<String>> of(One database, Situation now) {
    var query = new Query(new Ref(now.restore().databaseRef()), ASKED, null, null, LIMIT);
    var identity = new Identity(now.found().system(), database.oid());
    return looks
        .query(query, now.scope().author(), Map.of(), database.name(), identity)
        .thenApply(QueryAnswer::value)
        .thenApply(
            said -> said instanceof String names ? Optional.of(names) : Optional.<String>empty())
        .exceptionally(
            error -> {
              // A database that is damaged may not say it; that is no reason not to replace it.
              Verification.answered(error);
              return Optional.empty();
            });
  }
}
