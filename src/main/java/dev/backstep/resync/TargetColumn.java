package dev.backstep.resync;

import java.util.Map;

/**
 * A column of a table of the target, as its catalogue describes it.
 *
 * @param quoted its name as SQL knows it
 * @param type as SQL knows it, without a length: that is checked when the row is written
 * @param base the type below all domains, such as bool
 * @param required a row without a value for it is refused
 * @param fixed PostgreSQL takes a value for it in a new row only
 * @param computed PostgreSQL takes no value for it
 */
record TargetColumn(
    String name,
    String quoted,
    String type,
    String base,
    boolean required,
    boolean fixed,
    boolean computed) {

  /**
   * Types that PostgreSQL reads at once from an array; the others come as text and are cast, as the
   * elements of an array of arrays could not be told apart.
   */
  private static final Map<String, String> READ =
      Map.ofEntries(
          Map.entry("bool", "boolean"),
          Map.entry("int2", "smallint"),
          Map.entry("int4", "integer"),
          Map.entry("int8", "bigint"),
          Map.entry("float4", "real"),
          Map.entry("float8", "double precision"),
          Map.entry("numeric", "numeric"),
          Map.entry("uuid", "uuid"),
          Map.entry("date", "date"),
          Map.entry("timestamptz", "timestamptz"),
          // As such, PostgreSQL would drop the time zone that a text names.
          Map.entry("timestamp", "timestamptz"));

  /** What an array of its values is. */
  String array() {
    return READ.getOrDefault(base, "text") + "[]";
  }

  /** True where it has one of the values of such an array. */
  String among() {
    return "%s = ANY (?::%s::%s[])".formatted(quoted, array(), type);
  }

  /** An element of that array as a value of this column. */
  String value(String element) {
    var plain = base.equals("timestamp") ? element + "::timestamp" : element;
    return "%s::%s".formatted(plain, type);
  }
}
