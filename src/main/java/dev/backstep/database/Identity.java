package dev.backstep.database;

import java.util.Optional;

/**
 * Which database it is, whatever its address: a restore from a dump and a swap make another one.
 *
 * @param system the cluster's system identifier; null: this user may not read it
 * @param oid the database's OID in the cluster
 */
public record Identity(String system, long oid) {
  /** It in words; empty: this user may not read which server it is on. */
  public Optional<String> said() {
    return Optional.ofNullable(system)
        .map(it -> "the database with OID %d of server %s".formatted(oid, it));
  }

  /** True when it is certain that this is not the same database. */
  public boolean differs(Identity other) {
    return oid != other.oid
        || system != null && other.system != null && !system.equals(other.system);
  }
}
