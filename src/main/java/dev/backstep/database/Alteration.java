package dev.backstep.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import java.util.Map;

/**
 * What becomes of one object of a database's catalogue.
 *
 * @param kind what it is
 * @param key how the catalogue finds it
 * @param name how people call it, such as {@code trigger notify of public.orders}
 * @param before the DDL that makes it as it was looked at: if it is otherwise, it is left alone
 * @param change the DDL that is executed
 * @param shown what changes, in a few words
 */
public record Alteration(
    CatalogKind kind,
    Map<String, String> key,
    String name,
    String before,
    String change,
    String shown) {

  public Alteration {
    key = Map.copyOf(key);
  }

  /** The same of an object whose state is this now. */
  Alteration at(String state) {
    return new Alteration(kind, key, name, state, change, shown);
  }

  /** The key as the database takes it. */
  String keyJson() {
    try {
      return Json.MAPPER.writeValueAsString(key);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
